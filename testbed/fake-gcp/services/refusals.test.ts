/** What each API refuses beyond what is not there and what is there already. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../../servers/google-cloud.ts';
import { call, make, prepare } from '../fixture.ts';

let cloud: GoogleCloud;
beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  await prepare(cloud);
});
afterAll(() => cloud.stop());

const project = '/v1/projects/orchestra-dev';
const status = async (...given: [method: string, api: string, path: string, body?: object]) =>
  (await call(cloud, ...given)).status;

test('a zone with records, a map with entries and a network with subnetworks stay', async () => {
  const records = '/projects/orchestra-dev/managedZones/base/rrsets';
  await make(cloud, 'dns', records, { name: 'a.base.test.', type: 'A', ttl: 60, rrdatas: ['203.0.113.1'] });
  const entries = `${project}/locations/global/certificateMaps/base/certificateMapEntries`;
  const certificates = [`projects/${cloud.projectNumber}/locations/global/certificates/base`];
  await make(cloud, 'certificatemanager', `${entries}?certificateMapEntryId=a`, { hostname: 'a.test', certificates });
  expect(await status('DELETE', 'dns', '/projects/orchestra-dev/managedZones/base')).toBe(400);
  for (const used of ['certificateMaps/base', 'certificates/base'])
    expect(await status('DELETE', 'certificatemanager', `${project}/locations/global/${used}`)).toBe(400);
  expect(await status('DELETE', 'compute', '/projects/orchestra-dev/global/networks/base')).toBe(400);
});

test('a key and its ring are never deleted', async () => {
  const ring = `${project}/locations/us-central1/keyRings/base`;
  await make(cloud, 'cloudkms', `${ring}/cryptoKeys?cryptoKeyId=own`, { purpose: 'ENCRYPT_DECRYPT' });
  const destroyed = await call(cloud, 'POST', 'cloudkms', `${ring}/cryptoKeys/own/cryptoKeyVersions/1:destroy`, {});
  expect(destroyed.body).toMatchObject({ state: 'DESTROY_SCHEDULED' });
  expect(await status('DELETE', 'cloudkms', `${ring}/cryptoKeys/own`)).toBe(501);
});

test('a change of a subnetwork that was read before another change is refused', async () => {
  const path = '/projects/orchestra-dev/regions/us-central1/subnetworks/base';
  const { fingerprint } = (await call(cloud, 'GET', 'compute', path)).body;
  const change = { fingerprint, logConfig: { enable: true } };
  expect(await status('PATCH', 'compute', path, change)).toBe(200);
  cloud.operations.finishAll();
  expect(await status('PATCH', 'compute', path, change)).toBe(409);
});

test('a range grows and does not shrink', async () => {
  const path = '/projects/orchestra-dev/regions/us-central1/subnetworks/base/expandIpCidrRange';
  expect(await status('POST', 'compute', path, { ipCidrRange: '10.0.0.0/24' })).toBe(400);
  expect(await status('POST', 'compute', path, { ipCidrRange: '10.0.0.0/19' })).toBe(200);
});

test('a value that does not fit its checksum is not taken', async () => {
  await make(cloud, 'secretmanager', `${project}/secrets?secretId=key`, { replication: { automatic: {} } });
  const data = Buffer.from('value').toString('base64');
  const add = `${project}/secrets/key:addVersion`;
  expect(await status('POST', 'secretmanager', add, { payload: { data, dataCrc32c: '1' } })).toBe(400);
  const { body } = await call(cloud, 'GET', 'secretmanager', `${project}/secrets/key/versions`);
  expect(body).toEqual({});
});

test('a database that is protected stays, and a collection has one TTL', async () => {
  const databases = `${project}/databases`;
  const given = { locationId: 'us-central1', deleteProtectionState: 'DELETE_PROTECTION_ENABLED' };
  cloud.operations.setLooks(2, 'firestore');
  await call(cloud, 'POST', 'firestore', `${databases}?databaseId=memory`, given);
  const listed = async () => (await call(cloud, 'GET', 'firestore', databases)).body;
  expect([await listed(), await listed()]).toEqual([{}, { databases: [expect.objectContaining(given)] }]);
  expect(await status('DELETE', 'firestore', `${databases}/memory`)).toBe(400);
  const fields = `${databases}/memory/collectionGroups/memory/fields`;
  expect(await status('PATCH', 'firestore', `${fields}/a?updateMask=ttlConfig`, { ttlConfig: {} })).toBe(200);
  expect(await status('PATCH', 'firestore', `${fields}/b?updateMask=ttlConfig`, { ttlConfig: {} })).toBe(400);
});

test('the same backup schedule twice is two, as in Firestore', async () => {
  const schedules = `${project}/databases/memory/backupSchedules`;
  for (let time = 0; time < 2; time++)
    await make(cloud, 'firestore', schedules, { dailyRecurrence: {}, retention: '604800s' });
  expect((await call(cloud, 'GET', 'firestore', schedules)).body.backupSchedules).toHaveLength(2);
  const long = { dailyRecurrence: {}, retention: '864000s' };
  expect(await status('POST', 'firestore', schedules, long)).toBe(400);
});

test('a plan that keeps backups shorter than it locks them is refused', async () => {
  const plans = `${project}/locations/us-central1/backupPlans?backupPlanId=own`;
  const cluster = 'projects/orchestra-dev/locations/us-central1/clusters/base';
  const retentionPolicy = { backupRetainDays: 3, backupDeleteLockDays: 7 };
  expect(await status('POST', 'gkebackup', plans, { cluster, retentionPolicy })).toBe(400);
  expect(await status('POST', 'gkebackup', plans, { cluster: `${cluster}-none` })).toBe(400);
});

test('who pays for nothing switches on nothing that costs', async () => {
  const unpaid = await startFakeGoogleCloud({ project: 'orchestra-dev', billingAccount: null });
  const enable = (service: string) =>
    call(unpaid, 'POST', 'serviceusage', `${project}/services/${service}.googleapis.com:enable`, {});
  expect(await enable('container')).toMatchObject({ status: 400, body: { error: { status: 'FAILED_PRECONDITION' } } });
  expect(await enable('iam')).toMatchObject({ status: 200 });
  await unpaid.stop();
});

test('long lists come in pages', async () => {
  const accounts = `${project}/serviceAccounts`;
  for (const id of ['robot-a', 'robot-b', 'robot-c']) await make(cloud, 'iam', accounts, { accountId: id });
  const first = (await call(cloud, 'GET', 'iam', `${accounts}?pageSize=2`)).body;
  expect(first.accounts).toHaveLength(2);
  const rest = (await call(cloud, 'GET', 'iam', `${accounts}?pageSize=2&pageToken=${first.nextPageToken}`)).body;
  expect(rest).toEqual({ accounts: [expect.objectContaining({ projectId: 'orchestra-dev' })] });
});
