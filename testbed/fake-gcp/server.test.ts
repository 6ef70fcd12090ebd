/** What every API has in common: who may ask, what goes wrong when it is asked to, and what is written down. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../servers/google-cloud.ts';
import { call, enableAll } from './fixture.ts';

let cloud: GoogleCloud;
beforeEach(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
});
afterEach(() => cloud.stop());

const secrets = '/v1/projects/orchestra-dev/secrets';
const create = (id = 'key') =>
  call(cloud, 'POST', 'secretmanager', `${secrets}?secretId=${id}`, { replication: { automatic: {} } });
const there = () => cloud.state.names('//secretmanager.googleapis.com/projects/orchestra-dev/secrets/*');

test('an API that is off says so, and is told from one that refuses', async () => {
  expect(await create()).toMatchObject({
    status: 403,
    body: { error: { status: 'PERMISSION_DENIED', details: [{ reason: 'SERVICE_DISABLED' }] } },
  });
  await enableAll(cloud);
  expect(await create()).toMatchObject({ status: 200 });
});

test('a token of nobody, and another project, are refused', async () => {
  await enableAll(cloud);
  expect(await call(cloud, 'GET', 'secretmanager', secrets, undefined, 'stolen')).toMatchObject({ status: 401 });
  const other = '/v1/projects/somebody-elses/secrets';
  expect(await call(cloud, 'GET', 'secretmanager', other)).toMatchObject({ status: 403 });
});

test('the number of the project is the project', async () => {
  await enableAll(cloud);
  await create();
  const path = `/v1/projects/${cloud.projectNumber}/secrets/key`;
  expect(await call(cloud, 'GET', 'secretmanager', path)).toMatchObject({
    body: { name: `projects/${cloud.projectNumber}/secrets/key` },
  });
});

test.for([
  ['denied', 403],
  ['service-disabled', 403],
  ['absent', 404],
  ['conflict', 409],
  ['exists', 409],
  ['quota', 429],
  ['unavailable', 503],
] as const)('%s: nothing is done, as often as was asked', async ([refuse, status]) => {
  await enableAll(cloud);
  const fault = cloud.faults.add({ api: 'secretmanager', writes: true, refuse, times: 2 });
  expect((await create()).status).toBe(status);
  expect((await create()).status).toBe(status);
  expect(there()).toEqual([]);
  expect((await create()).status).toBe(200);
  expect(fault.hits).toBe(2);
});

test('a fault can wait for the request that it is for', async () => {
  await enableAll(cloud);
  cloud.faults.add({ api: 'secretmanager', path: /secrets$/, writes: true, after: 1, refuse: 'quota' });
  expect([(await create('a')).status, (await create('b')).status, (await create('c')).status]).toEqual([200, 429, 200]);
});

test('a connection that is cut after the request leaves it done, and before it not', async () => {
  await enableAll(cloud);
  cloud.faults.add({ api: 'secretmanager', cut: 'before' });
  await expect(create()).rejects.toThrow();
  expect(there()).toEqual([]);
  cloud.faults.add({ api: 'secretmanager', cut: 'after' });
  await expect(create()).rejects.toThrow();
  expect(there()).toHaveLength(1);
});

test('who hangs is never answered', async () => {
  await enableAll(cloud);
  cloud.faults.add({ api: 'secretmanager', hang: true });
  const answer = create().then(
    () => 'answered',
    () => 'cut',
  );
  await expect.poll(() => cloud.requests.all.at(-1)).toMatchObject({ api: 'secretmanager', status: 0 });
  await cloud.stop();
  expect(await answer).toBe('cut');
  expect(there()).toEqual([]);
});

test('a listener sees a write when it is done and not yet answered', async () => {
  await enableAll(cloud);
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const end = cloud.onWrite(({ path }) => {
    seen.push(`${path} ${there().length}`);
    return release;
  });
  let answered = false;
  const creating = create().then(() => {
    answered = true;
  });
  await expect.poll(() => seen).toEqual([`${secrets} 1`]);
  expect(answered).toBe(false);
  resolve();
  await creating;
  end();
  await create('other');
  expect(seen).toHaveLength(1);
});

test('requests are written down with what they sent, and reads are told from writes', async () => {
  await enableAll(cloud);
  cloud.requests.clear();
  await create();
  await call(cloud, 'GET', 'secretmanager', `${secrets}/key:getIamPolicy`);
  await call(cloud, 'POST', 'cloudresourcemanager', '/v1/projects/orchestra-dev:getIamPolicy', {});
  expect(cloud.requests.all.map(({ method, writes, status }) => [method, writes, status])).toEqual([
    ['POST', true, 200],
    ['GET', false, 200],
    ['POST', false, 200],
  ]);
  expect(cloud.requests.writes).toMatchObject([
    { number: 1, api: 'secretmanager', query: { secretId: 'key' }, body: { replication: {} }, bearer: 'fake-token' },
  ]);
});

test('what the fake has no answer for is a gap, and never an absent resource', async () => {
  expect(await call(cloud, 'GET', 'container', '/v1/projects/orchestra-dev/quantum')).toMatchObject({ status: 501 });
  expect(cloud.unserved()).toEqual(['GET container /v1/projects/orchestra-dev/quantum']);
  expect(() => cloud.assertContained()).toThrow('has no fake: GET container');
});

test('what wants to leave the machine is stopped and told', async () => {
  cloud.assertContained();
  const proxy = new URL(cloud.environment.HTTPS_PROXY ?? '');
  for (const line of ['CONNECT sts.googleapis.com:443 HTTP/1.1', 'GET http://example.com/ HTTP/1.1']) {
    const socket = connect(Number(proxy.port), proxy.hostname);
    socket.end(`${line}\r\nHost: x\r\n\r\n`);
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toContain('502 Bad Gateway');
  }
  expect(cloud.leaks()).toEqual(['CONNECT sts.googleapis.com:443', 'GET http://example.com/']);
  expect(() => cloud.assertContained()).toThrow('left the machine: CONNECT sts.googleapis.com:443');
});

test('with a file, the next one goes on where this one was ended: resources, policies, operations', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-gcp-'));
  const options = { project: 'orchestra-dev', stateFile: join(folder, 'state.json') };
  const first = await startFakeGoogleCloud(options);
  first.operations.setLooks(0);
  await enableAll(first);
  first.operations.setLooks(5);
  const repositories = '/v1/projects/orchestra-dev/locations/us-central1/repositories';
  const { body } = await call(first, 'POST', 'artifactregistry', `${repositories}?repositoryId=app`, {
    format: 'DOCKER',
  });
  await call(first, 'POST', 'artifactregistry', `${repositories}/app:setIamPolicy`, {
    policy: { bindings: [{ role: 'roles/artifactregistry.reader', members: ['user:ana@example.test'] }] },
  });
  await first.stop();
  const next = await startFakeGoogleCloud(options);
  expect(next.state.inventory()).toEqual(first.state.inventory());
  const policy = await call(next, 'GET', 'artifactregistry', `${repositories}/app:getIamPolicy`);
  expect(policy.body).toMatchObject({ bindings: [{ members: ['user:ana@example.test'] }] });
  expect(await call(next, 'GET', 'artifactregistry', `/v1/${body.name}`)).toMatchObject({ body: { done: false } });
  await next.stop();
  rmSync(folder, { recursive: true });
});
