import { environment, isLoopback, type Report, requiredWhen, type Values } from '@ai-orchestra/configuration';
import { dragonfly, firestore, mongodb, weaviate } from '@ai-orchestra/configuration/databases';
import { telemetry } from '@ai-orchestra/configuration/telemetry';
import { tokens } from '@ai-orchestra/configuration/tokens';
import {
  bytes,
  choice,
  host,
  integer,
  milliseconds,
  port,
  seconds,
  secret,
  text,
  url,
  word,
} from '@ai-orchestra/configuration/values';
import * as z from 'zod';

const DAY = 86_400;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** Dragonfly refuses a longer time to live (2^28 s, some 8.5 years). */
const LONGEST_TTL = 2 ** 28;

const withTiers = requiredWhen('MEMORY_STORE', 'tiers');
const withOidc = requiredWhen('MEMORY_AUTHENTICATION', 'oidc');
const withEmbedder = requiredWhen('MEMORY_EMBEDDER', 'transformers', 'openai');

const listening = {
  // Not MEMORY_PORT: Kubernetes would set that itself for a Service named `memory`.
  MEMORY_HTTP_HOST: host().default('127.0.0.1').describe('Address that the API listens on; 0.0.0.0 in a container.'),
  MEMORY_HTTP_PORT: port().default(8080).describe('Port of the API and of its health routes.'),
  MEMORY_METRICS_PORT: port()
    .optional()
    .describe("Port of /metrics, apart from the API's so that callers cannot reach it; not set: no metrics."),
  MEMORY_BODY_LIMIT_BYTES: bytes(KIB, 16 * MIB)
    .default(MIB)
    .describe('Largest body of a request; more is refused (413).'),
  MEMORY_DRAIN_SECONDS: seconds(0, 600)
    .default(20)
    .describe('How long requests under way may take after SIGTERM; less than terminationGracePeriodSeconds.'),
  MEMORY_EXPLORER: choice('off', 'read-only', 'writable')
    .optional()
    .describe(
      'Web page at /explorer that shows what the token of whoever opens it may read, and offers changes when writable. Not set: read-only with MEMORY_AUTHENTICATION=local, else off.',
    ),
};

const stores = {
  MEMORY_STORE: choice('embedded', 'tiers')
    .default('embedded')
    .describe('embedded: every tier in one SQLite file. tiers: Dragonfly, MongoDB, Firestore and Weaviate.'),
  MEMORY_SQLITE_PATH: text('path of a file, or :memory:', /^\S+$/)
    .default('memory.sqlite')
    .describe('File of the embedded store.'),
  ...dragonfly,
  DRAGONFLY_HOST: withTiers(dragonfly.DRAGONFLY_HOST),
  DRAGONFLY_PASSWORD: withTiers(dragonfly.DRAGONFLY_PASSWORD),
  DRAGONFLY_DATABASE: integer({ min: 0, max: 15 }).default(0).describe('Number of the Dragonfly database.'),
  ...mongodb,
  MONGODB_HOSTS: withTiers(mongodb.MONGODB_HOSTS),
  MONGODB_DATABASE: mongodb.MONGODB_DATABASE.default('memory'),
  MONGODB_USER: withTiers(mongodb.MONGODB_USER),
  MONGODB_PASSWORD: withTiers(mongodb.MONGODB_PASSWORD),
  MONGODB_TIMEOUT_MS: milliseconds(10, 60_000).default(1000).describe('Longest wait for one MongoDB command.'),
  ...firestore,
  FIRESTORE_PROJECT: withTiers(firestore.FIRESTORE_PROJECT),
  ...weaviate,
  WEAVIATE_HTTP_HOST: withTiers(weaviate.WEAVIATE_HTTP_HOST),
  WEAVIATE_API_KEY: withTiers(weaviate.WEAVIATE_API_KEY),
  WEAVIATE_COLLECTION: text('capital letter, then letters, digits, "_"', /^[A-Z][A-Za-z0-9_]{0,254}$/)
    .default('Memory')
    .describe('Multi-tenant collection of the semantic tier.'),
};

const expiry = {
  MEMORY_SHORT_TTL_SECONDS: seconds(1, LONGEST_TTL)
    .default(3600)
    .describe('How long a record of the short tier lives.'),
  MEMORY_MID_TTL_SECONDS: seconds(1, LONGEST_TTL).default(DAY).describe('How long a record of the mid tier lives.'),
  MEMORY_LONG_TTL_SECONDS: z
    .union([z.literal('permanent'), seconds(1, LONGEST_TTL)])
    .default(30 * DAY)
    .meta({
      allowed: `integer, 1 to ${LONGEST_TTL} seconds, or permanent`,
      description: 'How long a record of the long tier lives; permanent: for ever.',
    }),
};

const embedder = {
  MEMORY_EMBEDDER: choice('none', 'transformers', 'openai')
    .default('none')
    .describe('Who makes vectors: nobody (lexical search only), text2vec-transformers, or an OpenAI style endpoint.'),
  MEMORY_EMBEDDER_URL: withEmbedder(url()).describe('Base URL of the embedder, without /vectors or /embeddings.'),
  MEMORY_EMBEDDER_MODEL: withEmbedder(word()).describe(
    'Model of the embedder; kept with every vector, as vectors of two models are never compared.',
  ),
  MEMORY_EMBEDDER_DIMENSIONS: withEmbedder(integer({ min: 1, max: 65_535 })).describe('Length of its vectors.'),
  MEMORY_EMBEDDER_API_KEY: secret().optional().describe('API key of the embedder; not set: none is sent.'),
  MEMORY_EMBEDDER_TIMEOUT_MS: milliseconds(10, 60_000).default(2000).describe('Longest wait for one batch of vectors.'),
};

const access = {
  MEMORY_AUTHENTICATION: choice('local', 'oidc')
    .default('local')
    .describe('local: whoever reaches this machine is the one tenant. oidc: each request carries a verified token.'),
  MEMORY_OIDC_ISSUER: withOidc(tokens.issuer),
  MEMORY_OIDC_AUDIENCE: tokens.audience.default('memory'),
  MEMORY_OIDC_JWKS_URL: tokens.jwksUrl,
  MEMORY_OIDC_CA_FILE: tokens.caFile,
  MEMORY_OIDC_TOKEN_FILE: tokens.tokenFile,
  MEMORY_SERVICE_ACCOUNTS: tokens.serviceAccounts.optional(),
  MEMORY_TENANT_CLAIM: tokens.tenantClaim.optional(),
  MEMORY_SIGNING_KEY: withOidc(secret(32)).describe(
    'Signs cursors, consistency tokens and erasure receipts; the same in every replica. Not set: made at each start.',
  ),
};

const limits = {
  MEMORY_RATE_LIMIT_PER_SECOND: integer({ min: 1, max: 100_000, unit: 'requests a second' })
    .default(50)
    .describe('Requests that a tenant may make, on average, of one replica; twice as many at once. More get 429.'),
  MEMORY_QUOTA_RECORDS: integer({ min: 1, max: 1e9, unit: 'records' })
    .default(1_000_000)
    .describe('Records that a tenant may hold over all tiers; a write beyond is refused.'),
  MEMORY_QUOTA_BYTES: bytes(MIB, 1024 * GIB)
    .default(GIB)
    .describe('Bytes that a tenant may hold over all tiers.'),
  MEMORY_QUARANTINE: choice('off', 'hold', 'reject')
    .default('hold')
    .describe('A write that looks like an instruction or a secret is stored, held back from recall, or refused (422).'),
};

const operation = {
  MEMORY_LOG_LEVEL: choice('debug', 'info', 'warn', 'error')
    .default('info')
    .describe('Least severe line that is logged.'),
  ...telemetry('memory'),
};

const variables = { ...listening, ...stores, ...expiry, ...embedder, ...access, ...limits, ...operation };

/** The environment variables of the memory service. With none at all it runs on this machine alone, on one file. */
export const memoryConfig = environment(
  ['MEMORY_'],
  variables,
  reachableOnlyWithTokens,
  tenantsAreKnown,
  tiersLiveEverLonger,
  portsDiffer,
);

export type MemoryConfig = z.output<typeof memoryConfig>;

/** What the explorer is where nobody says so: on for the one person of this machine, off where others come by network. */
export function explorerOf({
  MEMORY_EXPLORER: asked,
  MEMORY_AUTHENTICATION: authentication,
}: Pick<MemoryConfig, 'MEMORY_EXPLORER' | 'MEMORY_AUTHENTICATION'>): 'off' | 'read-only' | 'writable' {
  return asked ?? (authentication === 'local' ? 'read-only' : 'off');
}

type Some = Values<typeof variables>;
type Problems = Report<keyof Some>;

function reachableOnlyWithTokens({ MEMORY_HTTP_HOST, MEMORY_AUTHENTICATION }: Some, report: Problems): void {
  if (MEMORY_AUTHENTICATION !== 'local' || MEMORY_HTTP_HOST === undefined || isLoopback(MEMORY_HTTP_HOST)) return;
  report(
    'MEMORY_HTTP_HOST',
    '127.0.0.1 | ::1 | localhost, while MEMORY_AUTHENTICATION=local',
    'Set MEMORY_AUTHENTICATION=oidc: without tokens, everyone on the network could read every memory.',
  );
}

function tenantsAreKnown(values: Some, report: Problems): void {
  if (values.MEMORY_AUTHENTICATION !== 'oidc') return;
  if (values.MEMORY_SERVICE_ACCOUNTS !== undefined || values.MEMORY_TENANT_CLAIM !== undefined) return;
  report(
    'MEMORY_SERVICE_ACCOUNTS',
    'namespace/name=tenant, or MEMORY_TENANT_CLAIM in its place',
    'Set MEMORY_SERVICE_ACCOUNTS (pods) or MEMORY_TENANT_CLAIM (people): a token alone does not say whose data it may touch.',
  );
}

function tiersLiveEverLonger(values: Some, report: Problems): void {
  const { MEMORY_SHORT_TTL_SECONDS: short, MEMORY_MID_TTL_SECONDS: mid, MEMORY_LONG_TTL_SECONDS: long } = values;
  const fix = "Give each tier a longer life than the one before it, or promotion would shorten a record's life.";
  if (short !== undefined && mid !== undefined && mid <= short) {
    report('MEMORY_MID_TTL_SECONDS', `more than MEMORY_SHORT_TTL_SECONDS (${short})`, fix);
  }
  if (mid !== undefined && typeof long === 'number' && long <= mid) {
    report('MEMORY_LONG_TTL_SECONDS', `more than MEMORY_MID_TTL_SECONDS (${mid}), or permanent`, fix);
  }
}

function portsDiffer({ MEMORY_HTTP_PORT, MEMORY_METRICS_PORT }: Some, report: Problems): void {
  if (MEMORY_METRICS_PORT === undefined || MEMORY_METRICS_PORT !== MEMORY_HTTP_PORT) return;
  report('MEMORY_METRICS_PORT', 'a port other than MEMORY_HTTP_PORT', 'Choose another port: metrics need their own.');
}
