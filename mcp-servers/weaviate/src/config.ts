import { weaviate } from '@ai-orchestra/configuration/databases';
import { absolutePath, bytes, decimal, flag, integer, seconds } from '@ai-orchestra/configuration/values';
import { mcpEnvironment, whenShared } from '@ai-orchestra/mcp-kit/config';
import type * as z from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The environment variables of the Weaviate server. The tenant of a search is the caller's, from its token. */
export const weaviateServerConfig = mcpEnvironment('mcp-weaviate', ['WEAVIATE_'], {
  ...weaviate,
  WEAVIATE_API_KEY: whenShared(weaviate.WEAVIATE_API_KEY),
  WEAVIATE_TLS: flag().default(false).describe('Connect to Weaviate over TLS, verified against the trusted CAs.'),
  MCP_POLICY_FILE: whenShared(absolutePath()).describe(
    'Which collections and properties a caller may read (YAML); not set: all but secret-looking properties.',
  ),
  MCP_CATALOGUE_SECONDS: seconds(5, 86_400)
    .default(300)
    .describe('How old the catalogue of collections and properties may get before it is read again.'),
  MCP_ALPHA: decimal({ min: 0, max: 1 })
    .default(0.5)
    .describe('Weight of vectors in a hybrid search that names none: 0 is words only, 1 is vectors only.'),
  MCP_QUERY_OBJECTS: integer({ min: 1, max: 1000, unit: 'objects' })
    .default(50)
    .describe('Most objects that a search returns.'),
  MCP_QUERY_BYTES: bytes(KIB, 64 * MIB)
    .default(MIB)
    .describe('Most bytes of objects that an answer is made from.'),
});

export type WeaviateServerConfig = z.output<typeof weaviateServerConfig>;
