/** The servers that bundles are made of. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Description, describeVariables, type EnvironmentSchema } from '@ai-orchestra/configuration';
import { sharedVariables } from '@ai-orchestra/mcp-kit/config';
import { memoryServerConfig } from '@ai-orchestra/mcp-memory/config';
import { insteadOfUrl, mongodbServerConfig } from '@ai-orchestra/mcp-mongodb/config';
import { weaviateServerConfig } from '@ai-orchestra/mcp-weaviate/config';

const folder = join(import.meta.dirname, '../..');

const servers = {
  mongodb: { title: 'MongoDB', config: mongodbServerConfig },
  weaviate: { title: 'Weaviate', config: weaviateServerConfig },
  memory: { title: 'Memory', config: memoryServerConfig },
} satisfies Record<string, { readonly title: string; readonly config: EnvironmentSchema }>;

/** A person gives a connection string, which says all of these. */
const inParts: ReadonlySet<string> = new Set(insteadOfUrl);

export type ServerName = keyof typeof servers;
export const serverNames = Object.keys(servers) as readonly ServerName[];

export interface BundledServer {
  /** Such as `mcp-weaviate`. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly nodeVersion: string;
  /** Absolute path of its `main.ts`. */
  readonly entry: string;
  /** Settings that are its own, as a person gives them: those of hosting mean nothing to a client on the same machine. */
  readonly settings: readonly Description[];
}

/** @throws where its entry is not there */
export function bundledServer(name: ServerName): BundledServer {
  const { title, config } = servers[name];
  const entry = join(folder, name, 'src/main.ts');
  if (!existsSync(entry)) throw new Error(`mcp-servers/${name}/src/main.ts is not there`);
  const { version, description, license, engines } = JSON.parse(
    readFileSync(join(folder, name, 'package.json'), 'utf8'),
  ) as {
    readonly version: string;
    readonly description: string;
    readonly license: string;
    readonly engines: { readonly node: string };
  };
  return {
    name: `mcp-${name}`,
    title: `AI Orchestra: ${title}`,
    version,
    description: description.replace(/^MCP server: /, ''),
    license,
    nodeVersion: engines.node,
    entry,
    settings: describeVariables(config)
      .filter(({ name: own }) => !(own in sharedVariables) && !own.startsWith('OTEL_') && !inParts.has(own))
      .map((one) => (one.name === 'MONGODB_URL' ? { ...one, required: true } : one)),
  };
}
