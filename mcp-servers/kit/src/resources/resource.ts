import type { Complete } from '../prompts/prompt.ts';
import type { Caller } from '../tools/tool.ts';

/** Something that a client may read into its context. */
export type Resource = FixedResource | ResourceTemplate;

interface AnyResource {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly mimeType: string;
  /** Milliseconds for which a client may keep what it read. */
  readonly ttlMs: number;
  /** Scope that a token needs. @default any caller */
  readonly scope?: string;
  /**
   * A text is made harmless by the kit, as it may hold data from outside; bytes are sent as they are.
   * @throws {ToolRefusal} `not_found` and others
   */
  read(uri: string, caller: Caller, variables: Readonly<Record<string, string>>): Promise<string | Uint8Array>;
}

export interface FixedResource extends AnyResource {
  readonly uri: string;
}

export interface ResourceTemplate extends AnyResource {
  /** Such as `schema://{collection}`; RFC 6570, simple variables alone. */
  readonly template: string;
  /** Values of the variables; by name of the variable. */
  readonly complete?: Readonly<Record<string, Complete>>;
}

export const isTemplate = (resource: Resource): resource is ResourceTemplate => 'template' in resource;
