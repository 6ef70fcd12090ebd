import type { EnvironmentSchema } from '@ai-orchestra/configuration';
import type * as z from 'zod';
import type { KitConfig } from './config.ts';
import type { PartHealth } from './hosting/health.ts';
import type { Prompt } from './prompts/prompt.ts';
import type { Identity } from './protocol/server.ts';
import type { Resource } from './resources/resource.ts';
import type { Log } from './telemetry/log.ts';
import type { Tool } from './tools/tool.ts';

/** Schema of a server's environment, made with `mcpEnvironment`. */
export type KitEnvironment = EnvironmentSchema & z.ZodType<KitConfig>;

/** An MCP server: what it is called, what its settings are, and how it is opened. */
export interface ServerDefinition<Schema extends KitEnvironment = KitEnvironment> extends Identity {
  readonly config: Schema;
  /**
   * Makes the tools. It answers at once: a database is connected to in the background, so that a client sees the tools before it,
   * and a tool called before it waits.
   * @throws SettingsMistakes where a file that the settings name, or what they say together, cannot be used
   */
  open(config: z.output<Schema>, log: Log): OpenedServer | Promise<OpenedServer>;
}

export interface OpenedServer {
  readonly tools: readonly Tool[];
  readonly prompts?: readonly Prompt[];
  readonly resources?: readonly Resource[];
  /** How each part is that the server needs, such as its database; asked by /health/ready, at most every two seconds. */
  ready(): Promise<Readonly<Record<string, PartHealth>>>;
  /** After the last call is answered. */
  close(): Promise<void>;
}
