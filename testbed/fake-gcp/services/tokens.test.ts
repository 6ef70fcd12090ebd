/** Keyless: who comes with a token of GitHub gets one of Google, when the provider's condition says so. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../../servers/google-cloud.ts';
import { call, enableAll, make } from '../fixture.ts';

let cloud: GoogleCloud;
const pools = '/v1/projects/orchestra-dev/locations/global/workloadIdentityPools';
const provider = 'projects/123456789012/locations/global/workloadIdentityPools/github/providers/github';
const mine = {
  aud: `https://iam.googleapis.com/${provider}`,
  sub: 'repo:ana/orchestra:environment:dev',
  repository_owner_id: '1',
  repository_id: '2',
  ref: 'refs/heads/main',
};
const attributes = {
  attributeMapping: { 'google.subject': 'assertion.sub' },
  attributeCondition:
    "assertion.repository_owner_id == '1' && assertion.repository_id == '2' && assertion.ref in ['refs/heads/main']",
  oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
};

beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  await enableAll(cloud);
  await make(cloud, 'iam', `${pools}?workloadIdentityPoolId=github`, {});
  await make(cloud, 'iam', `${pools}/github/providers?workloadIdentityPoolProviderId=github`, attributes);
});
afterAll(() => cloud.stop());

const exchange = (subject_token: string) =>
  call(cloud, 'POST', 'sts', '/v1/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: `//iam.googleapis.com/${provider}`,
    subject_token,
  });

test('the repository on its branch gets a token, which is its own and ends after an hour', async () => {
  const { body } = await exchange(cloud.githubToken(mine));
  const token = String(body.access_token);
  const accounts = () => call(cloud, 'GET', 'iam', '/v1/projects/orchestra-dev/serviceAccounts', undefined, token);
  expect((await accounts()).status).toBe(200);
  const principal = `principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/subject/${mine.sub}`;
  expect(cloud.requests.all.at(-1)).toMatchObject({ principal });
  const introspected = await call(cloud, 'POST', 'sts', '/v1/introspect', { token });
  expect(introspected.body).toEqual({ active: true, username: principal });
  cloud.clock.advance(3601);
  expect((await accounts()).status).toBe(401);
});

test.for([
  ['another repository', { repository_id: '3' }],
  ['a fork, whose owner is another', { repository_owner_id: '9' }],
  ['another branch', { ref: 'refs/heads/feature' }],
  ['a pull request', { ref: 'refs/pull/7/merge' }],
] as const)('%s is refused by the condition', async ([, claims]) => {
  expect(await exchange(cloud.githubToken({ ...mine, ...claims }))).toMatchObject({
    status: 400,
    body: { error: 'unauthorized_client', error_description: expect.stringContaining('attribute condition') },
  });
});

test('a token for somebody else, a stale one and a forged one are refused', async () => {
  const invalid = { status: 400, body: { error: 'invalid_grant' } };
  expect(await exchange(cloud.githubToken({ ...mine, aud: 'https://github.com/ana' }))).toMatchObject(invalid);
  const token = cloud.githubToken(mine);
  const [header, , signature] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...mine, exp: 9e9 })).toString('base64url');
  expect(await exchange(`${header}.${forged}.${signature}`)).toMatchObject(invalid);
  cloud.clock.advance(301);
  expect(await exchange(token)).toMatchObject(invalid);
});

test('a pool that was deleted lets nobody in, keeps its name, and can be had back', async () => {
  await call(cloud, 'DELETE', 'iam', `${pools}/github`);
  expect(await exchange(cloud.githubToken(mine))).toMatchObject({ body: { error: 'invalid_target' } });
  const again = await call(cloud, 'POST', 'iam', `${pools}?workloadIdentityPoolId=github`, {});
  expect(again).toMatchObject({ status: 409, body: { error: { status: 'ALREADY_EXISTS' } } });
  expect((await call(cloud, 'GET', 'iam', pools)).body).toEqual({});
  await make(cloud, 'iam', `${pools}/github:undelete`, {});
  expect(await exchange(cloud.githubToken(mine))).toMatchObject({ status: 200 });
});

test('after 30 days, a deleted pool is gone and its name free', async () => {
  await make(cloud, 'iam', `${pools}?workloadIdentityPoolId=other`, {});
  await call(cloud, 'DELETE', 'iam', `${pools}/other`);
  cloud.clock.advance(31 * 86_400);
  expect(await call(cloud, 'GET', 'iam', `${pools}/other`)).toMatchObject({ status: 404 });
  expect(await call(cloud, 'POST', 'iam', `${pools}?workloadIdentityPoolId=other`, {})).toMatchObject({ status: 200 });
});

test('a condition that is none is refused when the provider is made', async () => {
  const path = `${pools}/github/providers?workloadIdentityPoolProviderId=broken`;
  for (const attributeCondition of ["assertion.ref = 'x'", ''])
    expect(await call(cloud, 'POST', 'iam', path, { ...attributes, attributeCondition })).toMatchObject({
      status: 400,
    });
});
