import {
  environment,
  isLoopback,
  type Report,
  type Rule,
  requiredWhen,
  type Values,
  type Variables,
} from '@ai-orchestra/configuration';
import { telemetry } from '@ai-orchestra/configuration/telemetry';
import { tokens } from '@ai-orchestra/configuration/tokens';
import {
  bytes,
  choice,
  host,
  integer,
  list,
  milliseconds,
  port,
  seconds,
  secret,
  text,
  trustedUrl,
} from '@ai-orchestra/configuration/values';
import type * as z from 'zod';

const KIB = 1024;

/** Makes a variable required where the server is offered to others: whoever calls has to show a token there. */
export const whenShared = requiredWhen('MCP_AUTHENTICATION', 'oauth', 'kubernetes');

const hosting = {
  MCP_TRANSPORT: choice('stdio', 'http')
    .default('stdio')
    .describe('stdio: one client on this machine. http: Streamable HTTP, many clients.'),
  MCP_HTTP_HOST: host().default('127.0.0.1').describe('Address that the server listens on; 0.0.0.0 in a container.'),
  MCP_HTTP_PORT: port().default(8080).describe('Port of the MCP endpoint and of the health routes.'),
  MCP_HTTP_PATH: text('path', /^\/[A-Za-z0-9/_-]*$/)
    .default('/mcp')
    .describe('Path of the MCP endpoint.'),
  MCP_ALLOWED_HOSTS: list('host name, no port', /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])$/)
    .default(['localhost', '127.0.0.1', '[::1]'])
    .describe('Names that a client may call the server by (Host header); protects against DNS rebinding.'),
  MCP_ALLOWED_ORIGINS: list('origin', /^https?:\/\/[^/\s,]+$/)
    .default([])
    .describe('Web pages that may call the server (Origin header); a request without an Origin passes.'),
  MCP_METRICS_PORT: port()
    .optional()
    .describe("Port of /metrics, apart from the endpoint's so that callers cannot reach it; not set: no metrics."),
  MCP_DRAIN_SECONDS: seconds(0, 600)
    .default(20)
    .describe('How long calls under way may take after SIGTERM; less than terminationGracePeriodSeconds.'),
};

const access = {
  MCP_AUTHENTICATION: choice('none', 'oauth', 'kubernetes')
    .default('none')
    .describe('none: this machine only. oauth: OAuth 2.1 resource server. kubernetes: service account tokens of pods.'),
  MCP_ISSUER: whenShared(tokens.issuer),
  MCP_AUDIENCE: tokens.audience.default('mcp'),
  MCP_JWKS_URL: tokens.jwksUrl,
  MCP_CA_FILE: tokens.caFile,
  MCP_TOKEN_FILE: tokens.tokenFile,
  MCP_SERVICE_ACCOUNTS: requiredWhen('MCP_AUTHENTICATION', 'kubernetes')(tokens.serviceAccounts),
  MCP_TENANT_CLAIM: tokens.tenantClaim.optional(),
  MCP_RESOURCE_URL: requiredWhen(
    'MCP_AUTHENTICATION',
    'oauth',
  )(trustedUrl()).describe('URL that clients know the server by, in its protected resource metadata (RFC 9728).'),
  MCP_SCOPES: tokens.scopes.default([]),
};

const limits = {
  MCP_RATE_LIMIT_PER_SECOND: integer({ min: 1, max: 10_000, unit: 'calls a second' })
    .default(10)
    .describe('Calls that one caller may make, on average, of one replica; twice as many at once. More get 429.'),
  MCP_CONCURRENCY: integer({ min: 1, max: 1000, unit: 'calls' })
    .default(8)
    .describe('Calls of one caller that run at the same time.'),
  MCP_BODY_LIMIT_BYTES: bytes(KIB, 16 * KIB * KIB)
    .default(128 * KIB)
    .describe('Largest body of a request; more is refused (413).'),
  MCP_TIMEOUT_MS: milliseconds(100, 600_000).default(30_000).describe('Longest time that one tool call may take.'),
  MCP_OUTPUT_TOKENS: integer({ min: 200, max: 200_000, unit: 'tokens' })
    .default(8000)
    .describe('Most tokens of one answer; the rest is reached with a cursor.'),
  MCP_CURSOR_KEY: whenShared(secret(32)).describe(
    'Signs cursors and plans; the same in every replica. Not set: made at each start.',
  ),
};

const operation = {
  MCP_AUDIT_LOG: text('off | stderr | absolute path of a file', /^(off|stderr|\/\S+)$/)
    .default('stderr')
    .describe('Where each call is recorded: who, which tool, what it asked, what it got (counts, no data).'),
  MCP_LOG_LEVEL: choice('debug', 'info', 'warn', 'error')
    .default('info')
    .describe('Least severe line that is logged, always to stderr.'),
};

/** The variables that every MCP server has. */
export const sharedVariables = { ...hosting, ...access, ...limits, ...operation };

type Shared = typeof sharedVariables;
type Problems = Report<keyof Shared>;

/** An MCP server's environment variables: the shared ones, its own, and the rules of both. */
export function mcpEnvironment<const Own extends Variables>(
  serverName: string,
  prefixes: readonly string[],
  own: Own,
  ...rules: readonly Rule<NoInfer<Own & Shared>>[]
) {
  const variables = { ...sharedVariables, ...telemetry(serverName), ...own };
  return environment(['MCP_', ...prefixes], variables, ...sharedRules, ...rules);
}

const sharedRules: readonly Rule<Shared>[] = [reachableOnlyWithTokens, namedWhenReachable, portsDiffer];

function reachableOnlyWithTokens(values: Values<Shared>, report: Problems): void {
  const { MCP_TRANSPORT, MCP_HTTP_HOST, MCP_AUTHENTICATION } = values;
  if (MCP_TRANSPORT !== 'http' || MCP_AUTHENTICATION !== 'none') return;
  if (MCP_HTTP_HOST === undefined || isLoopback(MCP_HTTP_HOST)) return;
  report(
    'MCP_HTTP_HOST',
    '127.0.0.1 | ::1 | localhost, while MCP_AUTHENTICATION=none',
    'Set MCP_AUTHENTICATION to oauth or kubernetes: without tokens, everyone on the network could read the data.',
  );
}

function namedWhenReachable(values: Values<Shared>, report: Problems): void {
  const { MCP_TRANSPORT, MCP_HTTP_HOST, MCP_ALLOWED_HOSTS } = values;
  if (MCP_TRANSPORT !== 'http' || MCP_HTTP_HOST === undefined || isLoopback(MCP_HTTP_HOST)) return;
  if (MCP_ALLOWED_HOSTS === undefined || !MCP_ALLOWED_HOSTS.every(isLoopback)) return;
  report(
    'MCP_ALLOWED_HOSTS',
    'at least one name that clients on the network use',
    'Add the name of the Service, such as mcp-mongodb.superagi.svc: with names of this machine only, every call is refused.',
  );
}

function portsDiffer({ MCP_HTTP_PORT, MCP_METRICS_PORT }: Values<Shared>, report: Problems): void {
  if (MCP_METRICS_PORT === undefined || MCP_METRICS_PORT !== MCP_HTTP_PORT) return;
  report('MCP_METRICS_PORT', 'a port other than MCP_HTTP_PORT', 'Choose another port: metrics need their own.');
}

/** The settings that the kit itself reads. */
export type KitConfig = z.output<z.ZodObject<Shared & ReturnType<typeof telemetry>>>;
