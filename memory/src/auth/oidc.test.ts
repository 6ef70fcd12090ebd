import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refusal } from '../api/errors.ts';
import type { Scope } from '../api/service.ts';
import { checkPermission } from './authenticator.ts';
import { issuerFetch } from './issuer-fetch.ts';
import { audience, type Issuer, startIssuer } from './issuer-for-tests.ts';
import { issuerKeys } from './keys.ts';
import { OidcAuthenticator } from './oidc.ts';

const start = Date.UTC(2026, 10, 22, 9);
let now = start;
let issuer: Issuer;
let authenticator: OidcAuthenticator;
const pod = (name: string) => `system:serviceaccount:superagi:${name}`;

function make(tokenFile?: string) {
  return new OidcAuthenticator({
    issuer: issuer.url,
    audience,
    keys: issuerKeys({
      issuer: issuer.url,
      get: issuerFetch(tokenFile === undefined ? {} : { tokenFile }),
      now: () => now,
    }),
    serviceAccounts: [
      { namespace: 'superagi', name: 'superagi', tenant: 'agents' },
      { namespace: 'superagi', name: 'mcp-memory', tenant: '*' },
    ],
    tenantClaim: 'org',
    now: () => now,
  });
}

beforeEach(async () => {
  now = start;
  issuer = await startIssuer();
  authenticator = make();
});
afterEach(() => issuer.stop());

const claims = (more: Record<string, unknown> = {}) => ({
  iss: issuer.url,
  aud: audience,
  sub: 'ana',
  org: 'bakery',
  scope: 'openid memory:read',
  exp: start / 1000 + 3600,
  ...more,
});
const headers = (token: string, tenant?: string) => ({
  authorization: `Bearer ${token}`,
  ...(tenant !== undefined && { 'memory-tenant': tenant }),
});
const ask = async (token: string, tenant?: string): Promise<Scope> =>
  authenticator.authenticate(headers(token, tenant));
const refused = (asked: Promise<unknown>) =>
  asked.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );

test('a person has the tenant of the claim and the permissions of the scopes', async () => {
  expect(await ask(await issuer.sign(claims()))).toEqual({
    tenant: 'bakery',
    principal: 'ana',
    permissions: new Set(['read']),
  });
  const all = await ask(
    await issuer.sign(claims({ scope: undefined, scp: ['memory:write', 'memory:audit', 'other'] })),
  );
  expect(all.permissions).toEqual(new Set(['write', 'audit']));
});

test('a pod has the tenant of its service account, and reads and writes', async () => {
  const scope = await ask(await issuer.sign(claims({ sub: pod('superagi'), org: 'spoofed' })));
  expect(scope).toMatchObject({ tenant: 'agents', permissions: new Set(['read', 'write']) });
  expect(() => checkPermission(scope, 'admin')).toThrow('memory:admin');
});

test('only the account that is trusted to names the tenant, and it must', async () => {
  const trusted = await issuer.sign(claims({ sub: pod('mcp-memory') }));
  expect((await ask(trusted, 'bakery')).tenant).toBe('bakery');
  expect((await ask(trusted, 'mill')).tenant).toBe('mill');
  expect(await refused(ask(trusted))).toBe('forbidden');
  expect(await refused(ask(trusted, '*'))).toBe('forbidden');
  expect(await refused(ask(await issuer.sign(claims({ sub: pod('superagi') })), 'bakery'))).toBe('forbidden');
});

test.each([
  ['another issuer', { iss: 'https://else.example' }],
  ['another audience', { aud: 'gateway' }],
  ['the past', { exp: start / 1000 - 60 }],
  ['the future', { nbf: start / 1000 + 60 }],
  ['no end', { exp: undefined }],
  ['nobody', { sub: undefined }],
])('a token of %s is refused', async (_what, more) => {
  expect(await refused(ask(await issuer.sign(claims(more))))).toBe('unauthenticated');
});

test('a token that is signed with the public key as a secret, or altered, or unsigned is refused', async () => {
  const token = await issuer.sign(claims());
  const [head, , signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify(claims({ org: 'mill' }))).toString('base64url');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`;
  for (const bad of [await issuer.sign(claims(), { algorithm: 'HS256' }), `${head}.${forged}.${signature}`, unsigned]) {
    expect(await refused(ask(bad))).toBe('unauthenticated');
  }
});

test('who has no tenant may not ask', async () => {
  expect(await refused(ask(await issuer.sign(claims({ org: undefined }))))).toBe('forbidden');
  expect(await refused(ask(await issuer.sign(claims({ org: '*' }))))).toBe('forbidden');
  expect(await refused(ask(await issuer.sign(claims({ sub: pod('stranger') }))))).toBe('forbidden');
});

test('a token is verified once, and no longer good when it has ended', async () => {
  const token = await issuer.sign(claims({ exp: start / 1000 + 60 }));
  await ask(token);
  // Without its keys, only what was verified before can be answered.
  await issuer.stop();
  expect((await ask(token)).tenant).toBe('bakery');
  now += 91_000;
  expect(await refused(ask(token))).toBe('unauthenticated');
  issuer = await startIssuer();
});

test('a new key is fetched when the first token of it comes', async () => {
  await ask(await issuer.sign(claims()));
  const { fetches } = issuer;
  authenticator = make();
  await issuer.rotate();
  expect((await ask(await issuer.sign(claims()))).tenant).toBe('bakery');
  expect(issuer.fetches).toBe(fetches + 1);
});

test('keys that cannot be fetched are no fault of the token', async () => {
  issuer.up = false;
  const token = await issuer.sign(claims());
  expect(await refused(ask(token))).toBe('keys-unavailable');
  issuer.up = true;
  expect((await ask(token)).tenant).toBe('bakery');
});

test("the pod's own token is shown to the issuer, as it is now", async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'memory-')), 'token');
  writeFileSync(file, 'mine\n');
  authenticator = make(file);
  await ask(await issuer.sign(claims()));
  expect(issuer.authorization).toBe('Bearer mine');
});
