/**
 * One environment from nothing to nothing, with the real gcloud on a fake Google Cloud. The tests share one cloud and go on
 * from each other, as an apply takes a hundred calls of gcloud: each begins with what the one before left.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Environment } from '../environments/schema.ts';
import { Budget, Duration } from '../environments/units.ts';
import { anySeed, seeded } from '../memory/faults/seeded.ts';
import type { LoggedRequest } from '../testbed/fake-gcp/request-log.ts';
import { apply } from './engine/apply.ts';
import { plan } from './engine/plan.ts';
import { Reader } from './gcloud/reader.ts';
import { readProject } from './project.ts';
import { hardeningTable } from './rehearsal/hardening-table.ts';
import { inventory } from './rehearsal/inventory.ts';
import { type Ended, openRouterKey, type Rehearsal, startRehearsal } from './rehearsal/rehearsal.ts';
import { failuresOf } from './report.ts';
import { at } from './steps/described.ts';
import { type Hardening, hardening, nodeHardening } from './steps/hardening.ts';

let rehearsal: Rehearsal;
// On two cores that do nothing else, the longest of these takes a minute.
vi.setConfig({ testTimeout: 3_600_000 });
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(async () => {
  await rehearsal?.stop();
});

const expected = readFileSync(join(import.meta.dirname, 'rehearsal/inventory.txt'), 'utf8')
  .trim()
  .split('\n');
const title = (id: string) => rehearsal.resources().find((one) => one.id === id)?.title ?? id;
const tell = () => {};

/** Everything that the command printed, line by line, without what differs from run to run. */
const printed = new Set<string>();
const steady = (line: string) =>
  line
    .trim()
    .replaceAll(/[\d.]+ s\b/g, 'N s')
    .replace(/^\d+ done,.* \d+ as they/, 'N done, N as they');
function noted(ended: Ended): Ended {
  for (const line of `${ended.stdout}\n${ended.stderr}`.split('\n')) printed.add(steady(line));
  return ended;
}
const run = async (...words: readonly string[]) => noted(await rehearsal.run(...words));

/** What a plan with these settings would do, by the resources that a test is about. */
async function planned(ids: readonly string[], change?: (environment: Environment) => Environment) {
  const resources = rehearsal.resources(change).filter(({ id }) => ids.includes(id));
  const { apis } = await readProject(new Reader(rehearsal.gcloud));
  return plan(resources, new Reader(rehearsal.gcloud, apis));
}

/** Requests that could change something, as `api METHOD /path`. */
const written = (requests: readonly LoggedRequest[]) =>
  requests.map(({ api, method, path }) => `${api} ${method} ${path}`);
/** Those of a piece of work. */
async function writesOf(work: () => Promise<unknown>): Promise<readonly LoggedRequest[]> {
  const before = rehearsal.cloud.requests.writes.length;
  await work();
  return rehearsal.cloud.requests.writes.slice(before);
}

test('a plan of nothing shows everything, and changes nothing', async () => {
  const writes = await writesOf(async () => {
    const { code, stdout } = await run('plan', '--env', 'dev', '--exit-code');
    expect(code).toBe(1);
    expect(stdout).toContain('84 to create, 1 to change.');
  });
  expect(written(writes)).toEqual([]);
});

describe('faults', () => {
  const ids = [
    'apis',
    'service-account:orchestra-nodes',
    'node-account',
    'network',
    'zone:googleapis',
    'address',
    'ssl-policy',
    'certificate-map',
    'certificate',
    'dns-authorization',
    'certificate-map-entry',
    'secret:orchestra-dragonfly-password',
  ];

  test('are told with step, command, what Google said and what to do; what does not need it is done', async () => {
    const { cloud, gcloud } = rehearsal;
    const add = (api: string, path: RegExp, fault: object) =>
      cloud.faults.add({ api, path, writes: true, ...fault } as Parameters<typeof cloud.faults.add>[0]);
    const lasting = [
      add('compute', /global\/networks$/, {
        failOperation: {
          status: 'FAILED_PRECONDITION',
          message: 'Constraint constraints/compute.restrictVpc violated for project orchestra-dev.',
        },
      }),
      add('compute', /global\/addresses$/, { refuse: 'denied' }),
      add('compute', /sslPolicies$/, { refuse: 'service-disabled', times: 99 }),
      add('certificatemanager', /certificateMaps$/, { refuse: 'exists' }),
    ];
    const passing = [
      add('secretmanager', /secrets$/, { refuse: 'quota' }),
      add('cloudresourcemanager', /:setIamPolicy$/, { refuse: 'conflict' }),
    ];
    const all = await planned(ids);
    const outcomes = await apply(gcloud, all, { tell, interval: 10 });
    cloud.faults.clear();
    expect([...lasting, ...passing].map(({ hits }) => hits)).toEqual([1, 1, 3, 1, 1, 1]);
    const told = failuresOf(outcomes, title).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(told).toMatchObject([
      {
        step: 'static address orchestra',
        command: 'gcloud compute addresses create orchestra --global',
        said: expect.stringContaining('The caller does not have permission'),
        fix: expect.stringContaining('Ask for the role'),
      },
      {
        step: 'certificate map orchestra',
        command: 'gcloud certificate-manager maps create orchestra',
        said: expect.stringContaining('already exists'),
        fix: expect.stringContaining('it takes what is there'),
      },
      {
        step: 'network orchestra',
        command: expect.stringContaining('gcloud compute networks create orchestra'),
        said: expect.stringContaining('constraints/compute.restrictVpc violated'),
        fix: expect.stringMatching(/^Read what/),
      },
      {
        step: 'SSL policy orchestra-modern',
        command: expect.stringContaining('gcloud compute ssl-policies create'),
        said: expect.stringContaining('compute.googleapis.com'),
        fix: expect.stringContaining('some take a minute to notice'),
      },
    ]);
    const ended = (state: string) => outcomes.filter((one) => one.state === state).map(({ task }) => task.id);
    expect(ended('skipped').sort()).toEqual(['certificate-map-entry', 'zone:googleapis']);
    expect(ended('done').sort()).toEqual(
      ids.filter((id) => !told.some((one) => one.id === id) && !ended('skipped').includes(id)).sort(),
    );
  });
});

describe('killed after a write request, and run again', () => {
  const seed = Number(process.env.SEED ?? anySeed());
  const random = seeded(seed);
  const point = (most: number) => 1 + Math.floor(random() * most);
  const isCluster = ({ api, method, path }: { api: string; method: string; path: string }) =>
    api === 'container' && method === 'POST' && path.endsWith('/clusters');

  test(`at points of seed ${seed}, and when the cluster is begun`, async () => {
    const { cloud } = rehearsal;
    const [first, third] = [point(20), point(10)];
    const killed = async (when: Parameters<Rehearsal['runKilled']>[0]) =>
      noted(await rehearsal.runKilled(when, 'apply', '--env', 'dev'));
    expect(await killed((_request, number) => number === first)).toMatchObject({ code: null });
    // Google goes on with what it has begun.
    cloud.operations.setLooks(3, 'container');
    expect(await killed(isCluster)).toMatchObject({ code: null, killedAfter: { api: 'container' } });
    cloud.operations.setLooks(0, 'container');
    const [cluster] = await planned(['cluster:us-central1']);
    expect(cluster).toMatchObject({ action: 'wait', found: { busy: 'PROVISIONING' } });
    expect(await killed((_request, number) => number === third)).toMatchObject({ code: null });
  });

  test('the last run completes it: everything is there, and nothing twice', async () => {
    const { code, stdout, stderr } = await run('apply', '--env', 'dev');
    expect(stderr.split('\n').filter((line) => line.startsWith('!!'))).toEqual([]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ done, 0 failed, 0 not begun, \d+ as they should be; \d+ s\.$/m);
    expect(inventory(rehearsal.cloud)).toEqual(expected);
    expect(rehearsal.cloud.requests.writes.filter(isCluster)).toHaveLength(1);
    rehearsal.cloud.assertContained();
  });

  test('the key that was given is in Secret Manager, and was never printed', async () => {
    const stored = rehearsal.cloud.requests.writes.find(({ path }) =>
      path.endsWith('/secrets/orchestra-openrouter-api-key:addVersion'),
    );
    expect(at(stored?.body, 'payload.data')).toBe(Buffer.from(openRouterKey).toString('base64'));
  });
});

test('a second apply makes no request that could change anything', async () => {
  const writes = await writesOf(async () => {
    const { code, stdout } = await run('apply', '--env', 'dev');
    expect(stdout).toMatch(/^0 done, 0 failed, 0 not begun, 85 as they should be; 0 s\.$/m);
    expect(code).toBe(0);
  });
  expect(written(writes)).toEqual([]);
});

describe('hardening', () => {
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

  test('every row of the table is in the request that makes the cluster, and in that of each pool', () => {
    expect(fieldsIn(at(sent(/\/clusters$/), 'cluster'), rows)).toEqual(wanted(rows));
    const pools = rehearsal.cloud.requests.writes.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/nodePools'),
    );
    expect(pools).toHaveLength(2);
    for (const { body } of pools) expect(fieldsIn(at(body, 'nodePool'), nodeRows)).toEqual(wanted(nodeRows));
  });

  test('it is there for its flag: a cluster and a pool without the flags do not have it', async () => {
    const where = ['--location=us-central1'];
    const network = ['--network=orchestra', '--subnetwork=orchestra-us-central1'];
    const { gcloud } = rehearsal;
    const [bare, barePool] = await writesOf(async () => {
      await gcloud.run({ words: ['container', 'clusters', 'create', 'bare', ...where, ...network, '--num-nodes=1'] });
      await gcloud.run({ words: ['container', 'node-pools', 'create', 'bare', '--cluster=bare', ...where] });
      await gcloud.run({ words: ['container', 'clusters', 'delete', 'bare', ...where] });
    });
    const sameIn = (body: unknown, all: readonly Hardening[]) =>
      fieldsIn(body, all).filter(([setting, value]) =>
        all.some((one) => one.setting === setting && one.value === value),
      );
    expect(sameIn(at(bare?.body, 'cluster'), rows)).toEqual([]);
    // gcloud asks for these two by itself.
    expect(sameIn(at(barePool?.body, 'nodePool'), nodeRows)).toEqual([
      ['Nodes are repaired', true],
      ['Nodes are upgraded', true],
    ]);
  });
});

describe('what differs is put right by the expected request alone', () => {
  const set = (change: (environment: Environment) => Environment, ids: readonly string[]) => async () => {
    const all = await planned(ids, change);
    const outcomes = await apply(rehearsal.gcloud, all, { tell, interval: 10 });
    expect(failuresOf(outcomes, title)).toEqual([]);
  };

  test('settings of the environment: nodes, retention, budget', async () => {
    const change = (environment: Environment): Environment => ({
      ...environment,
      budget: Budget.usdPerMonth(700),
      cluster: { ...environment.cluster, nodes: { min: 3, max: 9 } },
      backups: {
        ...environment.backups,
        mongodb: { ...environment.backups.mongodb, retention: Duration.days(21) },
      },
    });
    const ids = [
      'node-pool:us-central1:main',
      'node-pool:us-central1:spot',
      'backup-bucket',
      'backup-plan:us-central1',
      'budget',
    ];
    const plans = await planned(ids, change);
    const shown = (changes: (typeof plans)[number]['changes']) =>
      changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`);
    expect(Object.fromEntries(plans.map(({ resource, changes }) => [resource.id, shown(changes)]))).toEqual({
      'node-pool:us-central1:main': ['nodes, at least: 2 → 3', 'nodes, at most: 7 → 6'],
      'node-pool:us-central1:spot': [],
      'backup-plan:us-central1': ['kept days: 7 → 21'],
      'backup-bucket': ['deleted after days: 7 → 21'],
      budget: ['a month: 600 USD → 700 USD'],
    });
    const writes = await writesOf(set(change, ids));
    const cluster = '/v1/projects/orchestra-dev/locations/us-central1/clusters/orchestra-cluster-dev';
    expect(
      written(writes)
        .map((one) => one.replace(/[0-9a-f-]{36}$/, '*'))
        .sort(),
    ).toEqual([
      'billingbudgets PATCH /v1/billingAccounts/012345-678901-234567/budgets/*',
      `container PUT ${cluster}`,
      'gkebackup PATCH /v1/projects/orchestra-dev/locations/us-central1/backupPlans/orchestra',
      'storage PATCH /storage/v1/b/orchestra-dev-orchestra-backups',
    ]);
    const pool = writes.find(({ api }) => api === 'container');
    expect(at(pool?.body, 'update.desiredNodePoolAutoscaling')).toMatchObject({
      totalMinNodeCount: 3,
      totalMaxNodeCount: 6,
    });
    // And back, for the tests that follow.
    await set((environment) => environment, ids)();
  });
});

describe('what somebody changed in the console', () => {
  const project = 'projects/orchestra-dev';
  const names = {
    subnetwork: `//compute.googleapis.com/${project}/regions/us-central1/subnetworks/orchestra-us-central1`,
    router: `//compute.googleapis.com/${project}/regions/us-central1/routers/orchestra`,
    cluster: `//container.googleapis.com/${project}/locations/us-central1/clusters/orchestra-cluster-dev`,
    database: `//firestore.googleapis.com/${project}/databases/memory`,
    registry: `//artifactregistry.googleapis.com/${project}/locations/us-central1/repositories/orchestra`,
    record: `//dns.googleapis.com/${project}/managedZones/googleapis/rrsets/private.googleapis.com./A`,
    policy: `//binaryauthorization.googleapis.com/${project}/policy`,
  };
  const ids = [
    'subnetwork:us-central1',
    'nat:us-central1',
    'cluster:us-central1',
    'firestore:memory',
    'registry',
    'record:googleapis:private.googleapis.com.:A',
    'binary-authorization',
  ];

  test('is shown field by field, and put right', async () => {
    const { state } = rehearsal.cloud;
    const [nat] = (state.get(names.router)?.nats ?? []) as readonly Readonly<Record<string, unknown>>[];
    state.merge(names.subnetwork, { privateIpGoogleAccess: false });
    state.merge(names.router, { nats: [{ ...nat, logConfig: { enable: false } }] });
    state.merge(names.cluster, {
      releaseChannel: { channel: 'RAPID' },
      securityPostureConfig: { mode: 'DISABLED', vulnerabilityMode: 'VULNERABILITY_BASIC' },
    });
    state.merge(names.database, { pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED' });
    state.merge(names.registry, { cleanupPolicyDryRun: true });
    state.merge(names.record, { ttl: 60 });
    state.merge(names.policy, {
      defaultAdmissionRule: { evaluationMode: 'ALWAYS_ALLOW', enforcementMode: 'ENFORCED_BLOCK_AND_AUDIT_LOG' },
    });
    const all = await planned(ids);
    const shown = (changes: (typeof all)[number]['changes']) =>
      changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`);
    expect(Object.fromEntries(all.map(({ resource, changes }) => [resource.id, shown(changes)]))).toEqual({
      'subnetwork:us-central1': ['private Google access: false → true'],
      'nat:us-central1': ['logging: off → ERRORS_ONLY'],
      'cluster:us-central1': ['Release channel: RAPID → REGULAR', 'Security posture: DISABLED → BASIC'],
      'firestore:memory': ['point-in-time recovery: false → true'],
      registry: ['clean-up:  → delete-old,keep-newest'],
      'record:googleapis:private.googleapis.com.:A': ['ttl: 60 → 300'],
      'binary-authorization': [
        'every other image: ALWAYS_ALLOW, ENFORCED_BLOCK_AND_AUDIT_LOG → ALWAYS_DENY, ENFORCED_BLOCK_AND_AUDIT_LOG',
      ],
    });
    const writes = await writesOf(() => apply(rehearsal.gcloud, all, { tell, interval: 10 }));
    expect(written(writes).sort()).toEqual([
      `artifactregistry PATCH /v1/${project}/locations/us-central1/repositories/orchestra`,
      `binaryauthorization PUT /v1/${project}/policy`,
      `compute PATCH /${project}/regions/us-central1/routers/orchestra`,
      `compute POST /${project}/regions/us-central1/subnetworks/orchestra-us-central1/setPrivateIpGoogleAccess`,
      `container PUT /v1/${project}/locations/us-central1/clusters/orchestra-cluster-dev`,
      `container PUT /v1/${project}/locations/us-central1/clusters/orchestra-cluster-dev`,
      `dns PATCH /${project}/managedZones/googleapis/rrsets/private.googleapis.com./A`,
      `firestore PATCH /v1/${project}/databases/memory`,
    ]);
    expect((await planned(ids)).map(({ action }) => action)).toEqual(ids.map(() => 'none'));
  });

  test('what cannot be changed in place is left to a person', async () => {
    rehearsal.cloud.state.merge(names.subnetwork, { ipCidrRange: '10.99.0.0/20' });
    const all = await planned(['subnetwork:us-central1']);
    expect(all).toMatchObject([
      { action: 'replace', changes: [{ field: 'range', before: '10.99.0.0/20', after: '10.0.0.0/20' }] },
    ]);
    const outcomes = await apply(rehearsal.gcloud, all, { tell });
    expect(failuresOf(outcomes, title)).toMatchObject([
      { said: expect.stringContaining('can only be had by deleting it') },
    ]);
    rehearsal.cloud.state.merge(names.subnetwork, { ipCidrRange: '10.0.0.0/20' });
  });
});

describe('destroy', () => {
  const kept = ['artifactregistry', 'cloudkms', 'firestore', 'secretmanager', 'storage', 'binaryauthorization'];

  test('is of one environment, by its name twice', async () => {
    const { code, stderr } = await run('destroy', '--env', 'dev', '--yes', 'prod');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes prod, but --env dev: which one?'),
    });
  });

  test('leaves what holds data, says why, and everything else is gone', async () => {
    const { code, stdout, stderr } = await run('destroy', '--env', 'dev', '--yes', 'dev');
    expect(stderr.split('\n').filter((line) => line.startsWith('!!'))).toEqual([]);
    expect(code).toBe(0);
    expect(stdout).toContain('Left:\n');
    expect(stdout).toContain('Firestore database memory: it holds long-term memory');
    expect(stdout).not.toContain('NOT DELETED');
    const holds = (name: string) => kept.some((api) => name.startsWith(`//${api}.googleapis.com/`));
    expect(inventory(rehearsal.cloud)).toEqual(expected.filter((name) => holds(name)));
  });

  test('leaves, with the data gone too, what Google never deletes', async () => {
    const { code, stdout, stderr } = await run('destroy', '--env', 'dev', '--yes', 'dev', '--delete-data', 'dev');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Left:\n');
    expect(stdout).not.toContain('NOT DELETED');
    const never = expected.filter((name) => /^\/\/(?:cloudkms|binaryauthorization)\./.test(name));
    expect(inventory(rehearsal.cloud)).toEqual(never);
    rehearsal.cloud.assertContained();
  });
});

test('docs/bootstrap.md shows commands that ran here, and what they printed', async () => {
  const docs = readFileSync(join(import.meta.dirname, '../docs/bootstrap.md'), 'utf8');
  const shown = docs
    .split('\n')
    .filter((line) => line.startsWith('    ') && !line.startsWith('    $ ') && line.trim() !== '...');
  expect(shown.length).toBeGreaterThan(20);
  expect(shown.map(steady).filter((line) => !printed.has(line))).toEqual([]);
  const commands = [...docs.matchAll(/^ {4}\$ npm run bootstrap -- (.*)$/gm)].map(([, words]) => words);
  expect(commands).toEqual(['plan --env dev', 'apply --env dev', 'apply --env dev', 'destroy --env dev --yes dev']);
  expect(docs).toContain(hardeningTable());
});
