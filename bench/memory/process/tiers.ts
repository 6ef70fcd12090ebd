/**
 * The memory service over HTTP on four databases, as a cluster runs it: tokens of an issuer, validation, metrics, guards, relay.
 * Not by `memory/src/main.ts`, whose settings ask for a MongoDB user: the server of the test bed knows none.
 *
 * Environment: REDIS_PORT, REDIS_PASSWORD, MONGODB_PORT, FIRESTORE_HOST, FIRESTORE_PROJECT, WEAVIATE_PORT, WEAVIATE_GRPC_PORT.
 */
import { issuerFetch } from '../../../memory/src/auth/issuer-fetch.ts';
import { audience, startIssuer } from '../../../memory/src/auth/issuer-for-tests.ts';
import { issuerKeys } from '../../../memory/src/auth/keys.ts';
import { OidcAuthenticator } from '../../../memory/src/auth/oidc.ts';
import { Admission } from '../../../memory/src/http/admission.ts';
import { createServer } from '../../../memory/src/http/server.ts';
import { WeaviateIndex } from '../../../memory/src/index/weaviate/weaviate-index.ts';
import { Relay } from '../../../memory/src/relay/relay.ts';
import { GuardedIndex, GuardedStore } from '../../../memory/src/resilience/guarded.ts';
import { indexedStems } from '../../../memory/src/search/analysis/analyse.ts';
import { createService } from '../../../memory/src/service/service.ts';
import { DragonflyStore } from '../../../memory/src/stores/dragonfly/dragonfly-store.ts';
import { FirestoreStore } from '../../../memory/src/stores/firestore/firestore-store.ts';
import { MongoDbStore } from '../../../memory/src/stores/mongodb/mongodb-store.ts';
import { Metrics, serveMetrics } from '../../../memory/src/telemetry/metrics.ts';
import { number, ready, text } from './child.ts';

const HOUR = 3_600_000;
const patient = { timeoutMilliseconds: 20_000 };
const now = Date.now;

const short = new DragonflyStore({
  host: '127.0.0.1',
  port: number('REDIS_PORT'),
  password: text('REDIS_PASSWORD'),
  timeoutMilliseconds: 10_000,
});
const mid = new MongoDbStore({
  hosts: [{ host: '127.0.0.1', port: number('MONGODB_PORT') }],
  database: 'memory',
  timeoutMilliseconds: 10_000,
});
const long = new FirestoreStore({ project: text('FIRESTORE_PROJECT'), emulatorHost: text('FIRESTORE_HOST') });
const weaviate = new WeaviateIndex({
  httpHost: '127.0.0.1',
  httpPort: number('WEAVIATE_PORT'),
  grpcPort: number('WEAVIATE_GRPC_PORT'),
  apiKey: 'key',
  collection: 'Memory',
  stems: (entry) => indexedStems({ id: '', ...entry }),
  now,
  timeoutMilliseconds: 10_000,
});
const stores = {
  short: new GuardedStore(short, patient),
  mid: new GuardedStore(mid, patient),
  long: new GuardedStore(long, patient),
};
const index = new GuardedIndex(weaviate, patient);
const tiers = ['short', 'mid', 'long'] as const;
const clock = { now };
const relay = new Relay({ stores: tiers.map((tier) => ({ tier, store: stores[tier] })), index, clock });
const service = createService({
  stores,
  index,
  relay,
  clock,
  defaults: {
    ttlMilliseconds: { short: HOUR, mid: 24 * HOUR, long: 30 * 24 * HOUR },
    quarantine: 'hold',
    quota: { records: 1e9, bytes: 2 ** 50 },
  },
  signingKey: 'a key that signs in benches, 32 bytes',
});
relay.start();

const metrics = new Metrics();
const admission = new Admission({ running: 256, waiting: 1024 });
metrics.watch({ admission: () => admission.state, relay: () => relay.stats });
const issuer = await startIssuer();
const { http } = createServer({
  service,
  authenticator: new OidcAuthenticator({
    issuer: issuer.url,
    audience,
    keys: issuerKeys({ issuer: issuer.url, get: issuerFetch({}), now }),
    serviceAccounts: [],
    tenantClaim: 'tenant',
    now,
  }),
  now,
  bodyLimit: 2 ** 20,
  requestsPerSecond: 100_000,
  admission,
  observer: {
    finished: (operation, status, seconds) => metrics.finished(operation, status, seconds),
    failed(operation, code, cause) {
      metrics.failed(operation, code);
      console.error(operation, code, cause);
    },
    traced: (_operation, _headers, _scope, work) => work(),
  },
});
await http.listen({ host: '127.0.0.1', port: number('PORT') });
await serveMetrics(metrics.registry, { host: '127.0.0.1', port: number('METRICS_PORT') });
const token = await issuer.sign({
  iss: issuer.url,
  aud: audience,
  sub: 'bench',
  tenant: 'bench',
  scope: 'memory:read memory:write memory:admin',
  exp: Math.floor(now() / 1000) + 86_400,
});
ready({ token });
