import { requiredWhen } from '@ai-orchestra/configuration';
import { tokens } from '@ai-orchestra/configuration/tokens';
import { absolutePath, integer, milliseconds, url } from '@ai-orchestra/configuration/values';
import { mcpEnvironment, whenShared } from '@ai-orchestra/mcp-kit/config';
import type * as z from 'zod';

// MEMORY_ is no prefix of this server: the memory service's own variables may stand beside it on a laptop.
const ownPrefixes: readonly string[] = [];

/** The environment variables of the memory server. */
export const memoryServerConfig = mcpEnvironment('mcp-memory', ownPrefixes, {
  MCP_TENANT_CLAIM: requiredWhen('MCP_AUTHENTICATION', 'oauth')(tokens.tenantClaim),
  MEMORY_URL: url().describe('Base URL of the memory service, without /v1.'),
  MEMORY_TOKEN_FILE: whenShared(absolutePath()).describe(
    "The pod's token for audience memory, read again before it expires; not set: a local memory service, no token.",
  ),
  MEMORY_TIMEOUT_MS: milliseconds(10, 120_000).default(5000).describe('Longest wait for one answer of the service.'),
  MEMORY_RETRIES: integer({ min: 0, max: 5, unit: 'retries' })
    .default(2)
    .describe('How often a request is tried again that only reads or carries an Idempotency-Key.'),
});

export type MemoryServerConfig = z.output<typeof memoryServerConfig>;
