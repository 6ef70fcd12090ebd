import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused } from '../hosting/answers.ts';
import { type Issuer, startIssuer } from '../testing/issuer.ts';
import type { Caller } from '../tools/tool.ts';
import { BearerAuthenticator, type BearerOptions } from './bearer.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { issuerKeys } from './keys.ts';

const start = Date.UTC(2026, 10, 22, 9);
const second = start / 1000;
let now = start;
let issuer: Issuer;
let authenticator: BearerAuthenticator;

const pod = (name: string) => `system:serviceaccount:superagi:${name}`;

/** A server without tenants. */
const options = (tokenFile?: string): BearerOptions => ({
  issuer: issuer.url,
  audience: 'mcp',
  keys: issuerKeys({
    issuer: issuer.url,
    get: issuerFetch(tokenFile === undefined ? {} : { tokenFile }),
    now: () => now,
  }),
  serviceAccounts: [
    { namespace: 'superagi', name: 'superagi', tenant: 'agents' },
    { namespace: 'superagi', name: 'mcp-memory', tenant: '*' },
  ],
  people: true,
  scopes: ['mcp'],
  allScopes: ['find', 'mcp'],
  metadataUrl: 'https://mcp.example/.well-known/oauth-protected-resource/mcp',
  now: () => now,
});

const make = (more: Partial<BearerOptions> = {}, tokenFile?: string) =>
  new BearerAuthenticator({ ...options(tokenFile), tenantClaim: 'org', ...more });

beforeEach(async () => {
  now = start;
  issuer = await startIssuer(() => now);
  authenticator = make();
});
afterEach(() => issuer.stop());

const person = { org: 'bakery', scope: 'openid mcp find' };
const ask = async (token: string, tenant?: string): Promise<Caller> =>
  authenticator.authenticate({
    authorization: `Bearer ${token}`,
    ...(tenant !== undefined && { 'mcp-tenant': tenant }),
  });

async function refused(asked: Promise<unknown>): Promise<Refused> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Refused) return error;
  throw new Error(`not refused: ${error}`);
}

test('a person has the tenant of the claim, the scopes of the token, and the claims', async () => {
  const caller = await ask(await issuer.sign(person));
  expect(caller).toMatchObject({
    principal: 'ana',
    tenant: 'bakery',
    scopes: new Set(['openid', 'mcp', 'find']),
    claims: { org: 'bakery' },
  });
  const listed = await ask(await issuer.sign({ org: 'bakery', scp: ['mcp', 7] }));
  expect(listed.scopes).toEqual(new Set(['mcp']));
});

test('a pod has the tenant of its service account, and every scope', async () => {
  const caller = await ask(await issuer.sign({ sub: pod('superagi'), org: 'spoofed' }));
  expect(caller).toMatchObject({ principal: pod('superagi'), tenant: 'agents', scopes: new Set(['find', 'mcp']) });
});

test('only the account that is trusted to names the tenant, and it must', async () => {
  const trusted = await issuer.sign({ sub: pod('mcp-memory') });
  expect((await ask(trusted, 'bakery')).tenant).toBe('bakery');
  expect((await ask(trusted, 'mill')).tenant).toBe('mill');
  expect((await refused(ask(trusted))).status).toBe(403);
  expect((await refused(ask(trusted, '*'))).status).toBe(403);
  expect((await refused(ask(await issuer.sign({ sub: pod('superagi') }), 'bakery'))).status).toBe(403);
});

test.each([
  ['another issuer', { iss: 'https://else.example' }],
  ['another audience', { aud: 'memory' }],
  ['the past', { exp: second - 60 }],
  ['the future', { nbf: second + 60 }],
  ['no end', { exp: undefined }],
  ['nobody', { sub: undefined }],
])('a token of %s gets 401, and is told where to get a good one', async (_what, more) => {
  const { status, headers } = await refused(ask(await issuer.sign({ ...person, ...more })));
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toBe(
    'Bearer realm="mcp", error="invalid_token", scope="mcp", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
  );
});

test('a token that is signed with the public key as a secret, or altered, or unsigned, or garbage gets 401', async () => {
  const token = await issuer.sign(person);
  const [head, , signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...person, org: 'mill' })).toString('base64url');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`;
  for (const bad of [await issuer.sign(person, 'HS256'), `${head}.${forged}.${signature}`, unsigned, 'garbage']) {
    expect((await refused(ask(bad))).status).toBe(401);
  }
});

test('no token, or another scheme, gets 401 with a challenge', async () => {
  const asked = async (authorization?: string) =>
    authenticator.authenticate(authorization === undefined ? {} : { authorization });
  expect((await refused(asked())).headers['www-authenticate']).toMatch(
    /^Bearer realm="mcp", scope="mcp", resource_metadata=/,
  );
  expect((await refused(asked('Basic YTpi'))).headers['www-authenticate']).toContain('error="invalid_request"');
});

test('a token without the scope of the server gets 403 and the scope', async () => {
  const { status, headers } = await refused(ask(await issuer.sign({ ...person, scope: 'openid' })));
  expect(status).toBe(403);
  expect(headers['www-authenticate']).toContain('error="insufficient_scope", scope="mcp"');
});

test('a step up asks for what the token has and what it lacks', async () => {
  const caller = await ask(await issuer.sign(person));
  expect(authenticator.stepUp('write', caller)).toContain('error="insufficient_scope", scope="find mcp openid write"');
});

test('who has no tenant may not ask, unless the server has none', async () => {
  const nobody = await issuer.sign({ scope: 'mcp' });
  expect((await refused(ask(nobody))).status).toBe(403);
  expect((await refused(ask(await issuer.sign({ ...person, org: '*' })))).status).toBe(403);
  expect((await refused(ask(await issuer.sign({ sub: pod('stranger') })))).status).toBe(403);
  authenticator = new BearerAuthenticator(options());
  expect((await ask(nobody)).tenant).toBeUndefined();
});

test('where pods alone may call, people may not', async () => {
  authenticator = make({ people: false });
  expect((await refused(ask(await issuer.sign(person)))).status).toBe(403);
  expect((await ask(await issuer.sign({ sub: pod('superagi') }))).tenant).toBe('agents');
});

test('a token is verified once, and no longer good when it has ended', async () => {
  const token = await issuer.sign({ ...person, exp: second + 60 });
  await ask(token);
  issuer.up = false;
  expect((await ask(token)).tenant).toBe('bakery');
  now += 91_000;
  expect((await refused(ask(token))).status).toBe(401);
});

test('a new key is fetched when the first token of it comes', async () => {
  await ask(await issuer.sign(person));
  const { fetches } = issuer;
  authenticator = make();
  await issuer.rotate();
  expect((await ask(await issuer.sign(person))).tenant).toBe('bakery');
  expect(issuer.fetches).toBe(fetches + 1);
});

test('keys that cannot be fetched are no fault of the token', async () => {
  issuer.up = false;
  const token = await issuer.sign(person);
  expect(await refused(ask(token))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  issuer.up = true;
  expect((await ask(token)).tenant).toBe('bakery');
});

test("the pod's own token is shown to the issuer, as it is now", async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'token');
  writeFileSync(file, 'mine\n');
  authenticator = make({}, file);
  await ask(await issuer.sign(person));
  expect(issuer.authorization).toBe('Bearer mine');
});
