/**
 * Every kind of step from nothing to nothing, with the real gcloud on a fake Google Cloud. The tests share one cloud and go on
 * from each other, as each call of gcloud takes most of a second of CPU. The whole of dev: apply.rehearsal.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Environment } from '../environments/schema.ts';
import { Budget, Duration } from '../environments/units.ts';
import { anySeed, seeded } from '../memory/faults/seeded.ts';
import type { LoggedRequest } from '../testbed/fake-gcp/request-log.ts';
import { apply } from './engine/apply.ts';
import { departures, destroy } from './engine/destroy.ts';
import { isEmpty, plan } from './engine/plan.ts';
import { Reader } from './gcloud/reader.ts';
import { readProject } from './project.ts';
import { faultCells, told } from './rehearsal/faults.ts';
import { inventory } from './rehearsal/inventory.ts';
import { oneOfEachKind } from './rehearsal/part.ts';
import { type Rehearsal, startRehearsal } from './rehearsal/rehearsal.ts';
import { failuresOf } from './report.ts';
import { at } from './steps/described.ts';
import { type Hardening, hardening, nodeHardening } from './steps/hardening.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(async () => {
  await rehearsal?.stop();
});

const seed = Number(process.env.SEED ?? anySeed());
const options = { tell: () => {}, interval: 10 };
const part = (change?: (environment: Environment) => Environment) => oneOfEachKind(rehearsal.resources(change));
const reader = async () => {
  const { apis } = await readProject(new Reader(rehearsal.gcloud));
  return new Reader(rehearsal.gcloud, apis);
};
const title = (id: string) => id;

/** Requests that could change something, which a piece of work makes. */
async function writesOf(work: () => Promise<unknown>): Promise<readonly LoggedRequest[]> {
  const before = rehearsal.cloud.requests.writes.length;
  await work();
  return rehearsal.cloud.requests.writes.slice(before);
}
const written = (requests: readonly LoggedRequest[]) =>
  requests.map(({ api, method, path }) => `${api} ${method} ${path.replace(/[0-9a-f-]{36}$/, '*')}`).sort();

test('a plan of nothing is to create everything, and changes nothing', async () => {
  const writes = await writesOf(async () => {
    const planned = await plan(part(), await reader());
    expect(planned.length).toBeGreaterThan(30);
    expect(planned.filter(({ action }) => action !== 'create').map(({ resource }) => resource.id)).toEqual(['apis']);
  });
  expect(written(writes)).toEqual([]);
});

test(`an apply that was killed (seed ${seed}) is completed by the next: everything is there, and nothing twice`, async () => {
  const point = 1 + Math.floor(seeded(seed)() * 25);
  expect(await rehearsal.killPart((_request, number) => number === point)).toMatchObject({
    code: null,
    killedAfter: { writes: true },
  });
  const planned = await plan(part(), await reader());
  const outcomes = await apply(rehearsal.gcloud, planned, options);
  expect(failuresOf(outcomes, title)).toEqual([]);
  const made = inventory(rehearsal.cloud);
  expect(made.length).toBeGreaterThan(30);
  expect(new Set(made).size).toBe(made.length);
  const clusters = rehearsal.cloud.requests.writes.filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/clusters'),
  );
  expect(clusters).toHaveLength(1);
  rehearsal.cloud.assertContained();
});

test('a second apply makes no request that could change anything', async () => {
  const writes = await writesOf(async () => {
    const planned = await plan(part(), await reader());
    expect(planned.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(isEmpty(planned)).toBe(true);
    expect(await apply(rehearsal.gcloud, planned, options)).toEqual([]);
  });
  expect(written(writes)).toEqual([]);
});

test('every row of the hardening table is in the request that makes the cluster, and in that of its pool', () => {
  const project = 'orchestra-dev';
  const rows = hardening({
    project,
    privateNodes: true,
    key: `projects/${project}/locations/us-central1/keyRings/orchestra/cryptoKeys/etcd`,
  });
  const nodeRows = nodeHardening(`orchestra-nodes@${project}.iam.gserviceaccount.com`);
  const sent = (path: RegExp) =>
    rehearsal.cloud.requests.writes.find((request) => request.method === 'POST' && path.test(request.path))?.body;
  const fieldsIn = (body: unknown, all: readonly Hardening[]) =>
    all.map(({ setting, field }) => [
      setting,
      [field]
        .flat()
        .map((path) => at(body, path))
        .find((one) => one !== undefined),
    ]);
  const wanted = (all: readonly Hardening[]) => all.map(({ setting, value }) => [setting, value]);
  expect(fieldsIn(at(sent(/\/clusters$/), 'cluster'), rows)).toEqual(wanted(rows));
  expect(fieldsIn(at(sent(/\/nodePools$/), 'nodePool'), nodeRows)).toEqual(wanted(nodeRows));
});

test('settings that changed are put right by the expected requests alone', async () => {
  const change = (environment: Environment): Environment => ({
    ...environment,
    budget: Budget.usdPerMonth(700),
    cluster: { ...environment.cluster, nodes: { min: 3, max: 9 } },
    backups: { ...environment.backups, mongodb: { ...environment.backups.mongodb, retention: Duration.days(21) } },
  });
  const ids = ['node-pool:us-central1:main', 'backup-bucket', 'backup-plan:us-central1', 'budget'];
  const changed = part(change).filter(({ id }) => ids.includes(id));
  const writes = await writesOf(async () => {
    const outcomes = await apply(rehearsal.gcloud, await plan(changed, new Reader(rehearsal.gcloud)), options);
    expect(failuresOf(outcomes, title)).toEqual([]);
  });
  expect(written(writes)).toEqual([
    'billingbudgets PATCH /v1/billingAccounts/012345-678901-234567/budgets/*',
    'container PUT /v1/projects/orchestra-dev/locations/us-central1/clusters/orchestra-cluster-dev',
    'gkebackup PATCH /v1/projects/orchestra-dev/locations/us-central1/backupPlans/orchestra',
    'storage PATCH /storage/v1/b/orchestra-dev-orchestra-backups',
  ]);
  const pool = writes.find(({ api }) => api === 'container');
  expect(at(pool?.body, 'update.desiredNodePoolAutoscaling')).toMatchObject({
    totalMinNodeCount: 3,
    totalMaxNodeCount: 6,
  });
});

describe(`faults, some of seed ${seed}`, () => {
  // gcloud itself tries a 503 for a minute, and what hangs or fails under way needs a cloud of its own: faults.rehearsal.ts.
  const short = ['denied', 'service-disabled', 'absent', 'exists', 'conflict', 'quota'] as const;
  test('are told for what they are, and change nothing', async () => {
    const random = seeded(seed);
    const all = faultCells(part(), short);
    const cells = Array.from({ length: 6 }, () => all.splice(Math.floor(random() * all.length), 1)).flat();
    const before = inventory(rehearsal.cloud);
    const seen = [];
    for (const cell of cells) seen.push(await told(rehearsal, cell));
    expect(seen).toEqual(cells.map(({ name, kind }) => ({ name, kind })));
    expect(inventory(rehearsal.cloud)).toEqual(before);
  });
});

describe('destroy', () => {
  const leave = async (deleteData: boolean) => {
    const all = await departures(part(), await reader(), deleteData);
    const outcomes = await destroy(rehearsal.gcloud, all, options);
    expect(failuresOf(outcomes, title)).toEqual([]);
    return all.filter(({ kept }) => kept !== undefined).map(({ resource }) => resource.id);
  };
  const of = (all: readonly string[], apis: readonly string[]) =>
    all.filter((name) => apis.some((api) => name.startsWith(`//${api}.googleapis.com/`)));
  const forever = ['cloudkms', 'binaryauthorization'];

  test('leaves what holds data, and nothing else that can be deleted', async () => {
    const made = inventory(rehearsal.cloud);
    const left = await leave(false);
    expect(left).toEqual(expect.arrayContaining(['registry', 'firestore:memory', 'backup-bucket']));
    expect(inventory(rehearsal.cloud)).toEqual(
      of(made, [...forever, 'artifactregistry', 'firestore', 'secretmanager', 'storage']),
    );
  });

  test('leaves, with the data gone too, what Google never deletes', async () => {
    const before = inventory(rehearsal.cloud);
    expect(await leave(true)).toEqual(['apis', 'key-ring:us-central1', 'key:us-central1', 'binary-authorization']);
    expect(inventory(rehearsal.cloud)).toEqual(of(before, forever));
    rehearsal.cloud.assertContained();
  });
});
