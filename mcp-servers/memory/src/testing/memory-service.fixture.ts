/** The real memory service in this process, over HTTP, with an issuer of tokens and a clock that is moved by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '@ai-orchestra/configuration';
import { standingClock } from '../../../../memory/contract/serve.ts';
import { issuerFetch } from '../../../../memory/src/auth/issuer-fetch.ts';
import { type Issuer, startIssuer } from '../../../../memory/src/auth/issuer-for-tests.ts';
import { issuerKeys } from '../../../../memory/src/auth/keys.ts';
import { OidcAuthenticator } from '../../../../memory/src/auth/oidc.ts';
import { memoryConfig } from '../../../../memory/src/config.ts';
import { createServer } from '../../../../memory/src/http/server.ts';
import { openMemory } from '../../../../memory/src/open.ts';

export interface MemoryServiceForTests {
  readonly url: string;
  readonly issuer: Issuer;
  readonly clock: { now(): number; advance(milliseconds: number): void };
  /** A folder for files of the test, removed with the service. */
  readonly folder: string;
  /** File with the token of the service account `superagi/mcp-memory`, for audience memory. */
  readonly tokenFile: string;
  /** A token of a pod for an audience. */
  podToken(name: string, audience: string): Promise<string>;
  /** A token for the MCP server: of a person of a tenant. */
  personToken(
    sub: string,
    tenant: string,
    scopes: readonly string[],
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  stop(): Promise<void>;
}

const YEAR = 365 * 86_400;

export async function startMemoryService(
  environment: Readonly<Record<string, string>> = {},
  requestsPerSecond = 100_000,
): Promise<MemoryServiceForTests> {
  const parsed = parseEnvironment(memoryConfig, { MEMORY_SQLITE_PATH: ':memory:', ...environment });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const clock = standingClock(Date.now());
  const issuer = await startIssuer();
  const { service, close } = openMemory(parsed.value, {
    clock,
    onProblem: (what, error) => {
      throw new Error(`${what} failed`, { cause: error });
    },
  });
  const { http } = createServer({
    service,
    authenticator: new OidcAuthenticator({
      issuer: issuer.url,
      audience: 'memory',
      keys: issuerKeys({ issuer: issuer.url, get: issuerFetch({}), now: clock.now }),
      serviceAccounts: [
        { namespace: 'superagi', name: 'mcp-memory', tenant: '*' },
        // Of one tenant, as a service on a laptop knows one.
        { namespace: 'superagi', name: 'laptop', tenant: 'local' },
      ],
      now: clock.now,
    }),
    now: clock.now,
    bodyLimit: 1024 * 1024,
    requestsPerSecond,
  });
  await http.listen({ host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'mcp-memory-'));
  const tokenFile = join(folder, 'token');
  const exp = Math.floor(clock.now() / 1000) + YEAR;
  const podToken = (name: string, audience: string) =>
    issuer.sign({ iss: issuer.url, aud: audience, sub: `system:serviceaccount:superagi:${name}`, exp });
  writeFileSync(tokenFile, `${await podToken('mcp-memory', 'memory')}\n`);
  return {
    url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    issuer,
    clock,
    folder,
    tokenFile,
    podToken,
    personToken: (sub, tenant, scopes, claims = {}) =>
      issuer.sign({ iss: issuer.url, aud: 'mcp', sub, tenant, scope: scopes.join(' '), exp, ...claims }),
    async stop() {
      await http.close();
      await close();
      await issuer.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The variables of an MCP server that tells people apart by tokens of the issuer. */
export const sharedEnvironment = ({ url, tokenFile, issuer }: MemoryServiceForTests) => ({
  MEMORY_URL: url,
  MEMORY_TOKEN_FILE: tokenFile,
  MCP_AUTHENTICATION: 'oauth',
  MCP_ISSUER: issuer.url,
  MCP_RESOURCE_URL: 'http://127.0.0.1/mcp',
  MCP_TENANT_CLAIM: 'tenant',
  MCP_CURSOR_KEY: 'a key that signs in tests, 32 bytes',
  MCP_SERVICE_ACCOUNTS: 'superagi/superagi=bakery',
  MCP_RATE_LIMIT_PER_SECOND: '10000',
  MCP_CONCURRENCY: '100',
});
