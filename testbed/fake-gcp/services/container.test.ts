/** Clusters: what GKE shows, what it refuses, and how long it takes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../../servers/google-cloud.ts';
import { call, prepare } from '../fixture.ts';

let cloud: GoogleCloud;
beforeEach(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  await prepare(cloud);
});
afterEach(() => cloud.stop());

const clusters = '/v1/projects/orchestra-dev/locations/us-central1/clusters';
const base = `${clusters}/base`;
const api = (method: string, path: string, body?: object) => call(cloud, method, 'container', path, body);
const update = (wish: object) => api('PUT', base, { update: wish });
const wanted = { name: 'own', network: 'base', subnetwork: 'base', nodePools: [{ name: 'default-pool' }] };

test('a cluster is being made until its operation is done, and does one thing at a time', async () => {
  cloud.operations.setLooks(3);
  const { body } = await api('POST', clusters, { cluster: wanted });
  expect(body).toMatchObject({ status: 'RUNNING', operationType: 'CREATE_CLUSTER' });
  expect((await api('GET', `${clusters}/own`)).body).toMatchObject({ status: 'PROVISIONING' });
  const pool = { nodePool: { name: 'more' } };
  expect(await api('POST', `${clusters}/own/nodePools`, pool)).toMatchObject({
    status: 400,
    body: { error: { status: 'FAILED_PRECONDITION', message: expect.stringContaining('incompatible operation') } },
  });
  const operation = `/v1/projects/orchestra-dev/locations/us-central1/operations/${body.name}`;
  expect((await api('GET', operation)).body).toMatchObject({ status: 'RUNNING' });
  expect((await api('GET', operation)).body).toMatchObject({ status: 'DONE' });
  expect((await api('GET', `${clusters}/own`)).body).toMatchObject({ status: 'RUNNING' });
});

test('one whose operation fails is there with an error, as in GKE', async () => {
  const failOperation = { status: 'RESOURCE_EXHAUSTED', message: "Quota 'SSD_TOTAL_GB' exceeded." } as const;
  cloud.faults.add({ api: 'container', method: 'POST', failOperation });
  const { body } = await api('POST', clusters, { cluster: wanted });
  const operation = await api('GET', `/v1/projects/orchestra-dev/locations/us-central1/operations/${body.name}`);
  expect(operation.body).toMatchObject({ status: 'DONE', error: { code: 8, message: failOperation.message } });
  expect((await api('GET', `${clusters}/own`)).body).toMatchObject({ status: 'ERROR' });
});

test.for([
  ['a network', { network: 'none' }, 'Network "none" not found'],
  ['a subnetwork', { subnetwork: 'none' }, 'Subnetwork "none" not found'],
  ['a range', { ipAllocationPolicy: { clusterSecondaryRangeName: 'none' } }, 'Secondary range "none" does not exist'],
  [
    'an account',
    { nodePools: [{ name: 'a', config: { serviceAccount: 'none@orchestra-dev.iam.gserviceaccount.com' } }] },
    'does not exist',
  ],
  [
    'the right to use a key',
    {
      databaseEncryption: {
        state: 'ENCRYPTED',
        keyName: 'projects/orchestra-dev/locations/us-central1/keyRings/base/cryptoKeys/none',
      },
    },
    'Cloud KMS Key',
  ],
] as const)('%s that is not there is refused', async ([, change, message]) => {
  const { status, body } = await api('POST', clusters, { cluster: { ...wanted, ...change } });
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(message.replaceAll('"', '\\"'))]);
  expect(await api('GET', `${clusters}/own`)).toMatchObject({ status: 404 });
});

test('false is not shown, but where GKE shows it', async () => {
  await api('POST', clusters, { cluster: { ...wanted, legacyAbac: { enabled: false } } });
  const { body } = await api('GET', `${clusters}/own`);
  expect(body).toMatchObject({ legacyAbac: {}, shieldedNodes: { enabled: true } });
  expect(JSON.stringify(body.legacyAbac)).toBe('{}');
  expect(body.nodePools).toMatchObject([{ config: { kubeletConfig: { insecureKubeletReadonlyPortEnabled: false } } }]);
});

test('a wish changes its field, wherever that is', async () => {
  cloud.operations.setLooks(0);
  await update({ desiredIntraNodeVisibilityConfig: { enabled: true } });
  await update({ desiredAddonsConfig: { dnsCacheConfig: { enabled: true } } });
  await update({ desiredAddonsConfig: { gkeBackupAgentConfig: { enabled: true } } });
  await update({
    desiredNodePoolId: 'default-pool',
    desiredNodePoolAutoscaling: { enabled: true, totalMaxNodeCount: 4 },
  });
  await api('POST', `${base}:setMaintenancePolicy`, { maintenancePolicy: { window: { recurringWindow: {} } } });
  expect((await api('GET', base)).body).toMatchObject({
    status: 'RUNNING',
    networkConfig: { enableIntraNodeVisibility: true, network: 'projects/orchestra-dev/global/networks/base' },
    addonsConfig: { dnsCacheConfig: { enabled: true }, gkeBackupAgentConfig: { enabled: true } },
    maintenancePolicy: { window: { recurringWindow: {} } },
    nodePools: [{ autoscaling: { totalMaxNodeCount: 4 } }],
  });
});

test('two wishes in one request, and one that GKE does not know, are refused', async () => {
  expect(await update({ desiredShieldedNodes: {}, desiredReleaseChannel: {} })).toMatchObject({ status: 400 });
  expect(await update({ desiredQuantum: true })).toMatchObject({ status: 400 });
});

test('with a cluster go its pools, and what it lies in cannot go before', async () => {
  const subnetwork = '/projects/orchestra-dev/regions/us-central1/subnetworks/base';
  expect(await call(cloud, 'DELETE', 'compute', subnetwork)).toMatchObject({
    status: 400,
    body: { error: { errors: [{ reason: 'resourceInUseByAnotherResource' }] } },
  });
  cloud.operations.setLooks(0);
  await api('DELETE', base);
  expect(cloud.state.inventory().filter((name) => name.startsWith('//container'))).toEqual([]);
  expect(await call(cloud, 'DELETE', 'compute', subnetwork)).toMatchObject({ status: 200 });
});

test('roles of Kubernetes service accounts need a project that has had a cluster with Workload Identity', async () => {
  const empty = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  const member =
    'principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/orchestra-dev.svc.id.goog/subject/ns/a/sa/b';
  const body = { policy: { bindings: [{ role: 'roles/datastore.user', members: [member] }] } };
  const set = (where: GoogleCloud) =>
    call(where, 'POST', 'cloudresourcemanager', '/v1/projects/orchestra-dev:setIamPolicy', body);
  expect(await set(empty)).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('Identity Pool does not exist') } },
  });
  expect(await set(cloud)).toMatchObject({ status: 200 });
  await empty.stop();
});
