/** Workflows without a key: who is let in, by the real gcloud and a token service that evaluates the condition. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enableAll } from '../../testbed/fake-gcp/fixture.ts';
import { run } from '../../testbed/fake-gcp/gcloud.ts';
import type { Claims } from '../../testbed/fake-gcp/identity.ts';
import { type GoogleCloud, startFakeGoogleCloud } from '../../testbed/servers/google-cloud.ts';
import { apply } from '../engine/apply.ts';
import { departures, destroy } from '../engine/destroy.ts';
import { plan } from '../engine/plan.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { failuresOf } from '../report.ts';
import { federationPool, federationProvider, providerResource } from './federation.ts';

let cloud: GoogleCloud;
let gcloud: Gcloud;
beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  gcloud = new Gcloud({ project: cloud.project, environment: cloud.environment, waits: [] });
  await enableAll(cloud);
  cloud.operations.setLooks(0);
});
afterAll(async () => {
  await cloud?.stop();
});

const tell = () => {};
const steps = [
  federationPool(),
  federationProvider({ ownerId: '71', repositoryId: '42', branches: ['main', 'develop'] }),
];
const read = () => new Reader(gcloud);

async function make() {
  const all = await plan(steps, read());
  const outcomes = await apply(gcloud, all, { tell, interval: 10 });
  expect(failuresOf(outcomes, (id) => id)).toEqual([]);
  return all.map(({ action }) => action);
}

test('it is made; what was deleted is had back, as its name is taken', async () => {
  expect(await make()).toEqual(['create', 'create']);
  const left = await destroy(gcloud, await departures(steps, read(), false), { tell, interval: 10 });
  expect(failuresOf(left, (id) => id)).toEqual([]);
  expect(await departures(steps, read(), false)).toEqual([]);
  const before = cloud.requests.writes.length;
  expect(await make()).toEqual(['restore', 'create']);
  const pool = '/v1/projects/orchestra-dev/locations/global/workloadIdentityPools/github';
  expect(cloud.requests.writes.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST ${pool}:undelete`,
    `POST ${pool}/providers/github:undelete`,
  ]);
});

/** As GitHub says it of a push to main of the repository. */
const push = () => {
  const provider = providerResource(cloud.projectNumber);
  return {
    aud: `https://iam.googleapis.com/${provider}`,
    sub: 'repo:owner/orchestra:ref:refs/heads/main',
    repository: 'owner/orchestra',
    repository_id: '42',
    repository_owner: 'owner',
    repository_owner_id: '71',
    ref: 'refs/heads/main',
    environment: 'dev',
  };
};

/** What the token service says to a workflow's token. */
async function exchanged(claims: Claims): Promise<{ readonly status: number; readonly error?: string }> {
  const response = await fetch(`${cloud.url}/sts/v1/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      audience: `//iam.googleapis.com/${providerResource(cloud.projectNumber)}`,
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
      subjectToken: cloud.githubToken(claims),
    }),
  });
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, ...(error !== undefined && { error }) };
}

const refused = { status: 400, error: 'unauthorized_client' };
test.for([
  ['main', {}, { status: 200 }],
  ['develop', { ref: 'refs/heads/develop' }, { status: 200 }],
  ['another branch', { ref: 'refs/heads/feature' }, refused],
  ['a branch whose name begins with an allowed one', { ref: 'refs/heads/main-2' }, refused],
  ['a tag named like the branch', { ref: 'refs/tags/main' }, refused],
  ['a pull request', { ref: 'refs/pull/7/merge' }, refused],
  ['another repository of the owner', { repository_id: '43', repository: 'owner/other' }, refused],
  [
    'a fork, of the same branch',
    { repository_id: '99', repository: 'stranger/orchestra', repository_owner_id: '72', repository_owner: 'stranger' },
    refused,
  ],
  [
    'a repository that took the name after it was given up',
    { repository_id: '100', repository_owner_id: '73' },
    refused,
  ],
  ['a repository that was given to another owner', { repository_owner_id: '72' }, refused],
] as const)('%s', async ([, claims, answer]) => {
  expect(await exchanged({ ...push(), ...claims })).toEqual(answer);
});

test('gcloud of a workflow works as it, and that of a fork gets nowhere', async () => {
  const as = async (name: string, claims: Claims) => {
    const folder = join(cloud.folder, name);
    mkdirSync(folder);
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, cloud.githubToken(claims));
    const file = join(folder, 'credentials.json');
    const provider = providerResource(cloud.projectNumber);
    writeFileSync(file, JSON.stringify(cloud.credentials({ tokenFile, provider })));
    const { CLOUDSDK_AUTH_ACCESS_TOKEN: _, ...rest } = cloud.environment;
    const environment = { ...rest, CLOUDSDK_CONFIG: folder, CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: file };
    cloud.requests.clear();
    return run(environment, ['gcloud', 'secrets', 'list', '--quiet']);
  };
  expect(await as('workflow', push())).toMatchObject({ code: 0 });
  expect(cloud.requests.all.at(-1)).toMatchObject({
    api: 'secretmanager',
    principal: expect.stringMatching(/\/workloadIdentityPools\/github\/subject\/repo:owner\/orchestra:ref:/),
  });
  expect(await as('fork', { ...push(), repository_id: '99', repository_owner_id: '72' })).toMatchObject({ code: 1 });
  expect(cloud.requests.all.filter(({ api }) => api !== 'sts')).toEqual([]);
  cloud.assertContained();
});
