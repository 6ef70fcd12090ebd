import type { AddressInfo } from 'node:net';
import type { Lifecycle, MemoryService } from '../src/api/service.ts';
import { issuerFetch } from '../src/auth/issuer-fetch.ts';
import { audience, startIssuer } from '../src/auth/issuer-for-tests.ts';
import { issuerKeys } from '../src/auth/keys.ts';
import { OidcAuthenticator } from '../src/auth/oidc.ts';
import { createServer } from '../src/http/server.ts';
import type { Subject } from './subject.ts';

/** A clock that only moves when it is told to. */
export function standingClock(start: number): Subject['clock'] {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export interface Served {
  readonly service: MemoryService & Lifecycle;
  readonly clock: Subject['clock'];
  readonly settled: Subject['settled'];
  readonly close: () => Promise<void>;
}

/** The service over HTTP, with tokens of an issuer of its own. */
export async function serve({ service, clock, settled, close }: Served): Promise<Subject> {
  const issuer = await startIssuer();
  const { http } = createServer({
    service,
    authenticator: new OidcAuthenticator({
      issuer: issuer.url,
      audience,
      keys: issuerKeys({ issuer: issuer.url, get: issuerFetch({}), now: clock.now }),
      serviceAccounts: [],
      tenantClaim: 'tenant',
      now: clock.now,
    }),
    now: clock.now,
    bodyLimit: 1024 * 1024,
    requestsPerSecond: 100_000,
  });
  await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`,
    clock,
    settled,
    token: (tenant, permissions = ['read', 'write', 'admin', 'audit']) =>
      issuer.sign({
        iss: issuer.url,
        aud: audience,
        sub: `user of ${tenant}`,
        tenant,
        scope: permissions.map((permission) => `memory:${permission}`).join(' '),
        exp: Math.floor(clock.now() / 1000) + 365 * 86_400,
      }),
    async stop() {
      await http.close();
      await close();
      await issuer.stop();
    },
  };
}
