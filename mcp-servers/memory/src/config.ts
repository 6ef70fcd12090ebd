import type { Report, Values } from '@ai-orchestra/configuration';
import { requiredWhen } from '@ai-orchestra/configuration';
import { tokens } from '@ai-orchestra/configuration/tokens';
import { absolutePath, choice, integer, milliseconds, text, url } from '@ai-orchestra/configuration/values';
import { mcpEnvironment } from '@ai-orchestra/mcp-kit/config';
import type * as z from 'zod';

// MEMORY_ is no prefix of this server: the memory service's own variables may stand beside it on a laptop.
const ownPrefixes: readonly string[] = [];

const service = {
  MCP_TENANT_CLAIM: requiredWhen('MCP_AUTHENTICATION', 'oauth')(tokens.tenantClaim),
  MCP_SUBJECT_CLAIM: text('name of a claim', /^[A-Za-z0-9_:/.-]{1,128}$/)
    .optional()
    .describe(
      "Claim that holds the subject a person's memories are about: who calls with it reaches that subject alone. Not set: the subject is an argument, within the tenant.",
    ),
  MEMORY_URL: url().describe('Base URL of the memory service, without /v1.'),
  MEMORY_TOKEN_FILE: absolutePath().describe(
    "Token for the memory service, read again for each request: the pod's for audience memory, or the file that a service on this machine names when it starts.",
  ),
  MEMORY_TIMEOUT_MS: milliseconds(10, 120_000).default(5000).describe('Longest wait for one answer of the service.'),
  MEMORY_RETRIES: integer({ min: 0, max: 5, unit: 'retries' })
    .default(2)
    .describe('How often a request is tried again that only reads or carries an Idempotency-Key.'),
  MCP_MEMORY_TOOLS: choice('layered', 'knowledge-graph', 'both')
    .default('layered')
    .describe(
      'layered: the tools over all tiers. knowledge-graph: the nine tools of the reference memory server, for clients made for it.',
    ),
};

const federation = {
  MCP_MONGODB_URL: url()
    .optional()
    .describe("MCP endpoint of the MongoDB server, for retrieve_context; not set: no facts from MongoDB's data."),
  MCP_WEAVIATE_URL: url()
    .optional()
    .describe("MCP endpoint of the Weaviate server, for retrieve_context; not set: no documents from Weaviate's."),
  MCP_WEAVIATE_COLLECTION: text('name of a collection', /^[A-Z][A-Za-z0-9_]{0,254}$/)
    .optional()
    .describe('Collection that retrieve_context searches where the call names none.'),
  MCP_FEDERATION_TOKEN_FILE: absolutePath()
    .optional()
    .describe(
      "The pod's own token for audience mcp, read again for each request to the two servers; no caller's token is passed on.",
    ),
  MCP_FEDERATION_TIMEOUT_MS: milliseconds(10, 60_000)
    .default(3000)
    .describe('Longest wait of retrieve_context for one source; what is late is told as missing.'),
};

const variables = { ...service, ...federation };

/** The environment variables of the memory server. */
export const memoryServerConfig = mcpEnvironment('mcp-memory', ownPrefixes, variables, federatesWithItsToken);

export type MemoryServerConfig = z.output<typeof memoryServerConfig>;
type Own = Values<typeof variables> & { readonly MCP_AUTHENTICATION?: 'none' | 'oauth' | 'kubernetes' };

/** Without a token of its own, the servers could not be told for which tenant they are asked. */
function federatesWithItsToken(values: Own, report: Report<keyof Own>): void {
  const { MCP_AUTHENTICATION, MCP_MONGODB_URL, MCP_WEAVIATE_URL, MCP_FEDERATION_TOKEN_FILE } = values;
  if (MCP_AUTHENTICATION === undefined || MCP_AUTHENTICATION === 'none') return;
  if (MCP_MONGODB_URL === undefined && MCP_WEAVIATE_URL === undefined) return;
  if (MCP_FEDERATION_TOKEN_FILE !== undefined) return;
  report(
    'MCP_FEDERATION_TOKEN_FILE',
    'absolute path of a token, as MCP_MONGODB_URL or MCP_WEAVIATE_URL is set and callers are told apart',
    "Mount the pod's token for audience mcp and name its file, or remove the URLs.",
  );
}
