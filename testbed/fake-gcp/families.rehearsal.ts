/** Every family of commands: what is there is made, found, listed, changed and removed; what is not is told by its own words. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../servers/google-cloud.ts';
import { call, prepare } from './fixture.ts';
import { run } from './gcloud.ts';

const L = '--location=us-central1';
const R = '--region=us-central1';
const G = '--location=global';

interface Family {
  /** Between `gcloud` and the verb. */
  readonly group: readonly string[];
  readonly name: string;
  /** Flags of every command but `list`. */
  readonly where?: readonly string[];
  /** Flags of `list`. @default those of every command */
  readonly list?: readonly string[];
  readonly create: readonly string[];
  readonly verb?: string;
  readonly update?: readonly string[];
  /** Flags of `delete` beside `where`. @default it cannot be deleted */
  readonly remove?: readonly string[];
  /** Full name in the state. */
  readonly full: string;
  /** What an update changes there. */
  readonly changed?: object;
  readonly absent: RegExp;
  readonly exists: RegExp;
}

const compute = '//compute.googleapis.com/projects/orchestra-dev';
const computeWords = { absent: /was not found/, exists: /already exists/ };
const manager = '//certificatemanager.googleapis.com/projects/orchestra-dev/locations/global';
const words = { absent: /NOT_FOUND/, exists: /ALREADY_EXISTS|is the subject of a conflict: .*already exists/ };

const families: readonly Family[] = [
  {
    group: ['iam', 'service-accounts'],
    name: 'robot-one',
    create: ['--display-name=Robot'],
    full: '//iam.googleapis.com/projects/orchestra-dev/serviceAccounts/robot-one@orchestra-dev.iam.gserviceaccount.com',
    update: ['--display-name=Another'],
    changed: { displayName: 'Another' },
    remove: [],
    ...words,
  },
  {
    group: ['compute', 'networks'],
    name: 'own',
    create: ['--subnet-mode=custom'],
    update: ['--bgp-routing-mode=global'],
    changed: { routingConfig: { routingMode: 'GLOBAL' } },
    remove: [],
    full: `${compute}/global/networks/own`,
    ...computeWords,
  },
  {
    group: ['compute', 'networks', 'subnets'],
    name: 'own',
    where: [R],
    list: [],
    create: ['--network=base', '--range=10.1.0.0/20', '--secondary-range=pods=10.64.0.0/14'],
    update: ['--enable-private-ip-google-access'],
    changed: { privateIpGoogleAccess: true },
    remove: [],
    full: `${compute}/regions/us-central1/subnetworks/own`,
    ...computeWords,
  },
  {
    group: ['compute', 'routers'],
    name: 'own',
    where: [R],
    list: [],
    create: ['--network=base'],
    remove: [],
    full: `${compute}/regions/us-central1/routers/own`,
    ...computeWords,
  },
  {
    group: ['compute', 'addresses'],
    name: 'own',
    where: ['--global'],
    create: [],
    remove: [],
    full: `${compute}/global/addresses/own`,
    ...computeWords,
  },
  {
    group: ['compute', 'ssl-policies'],
    name: 'own',
    create: ['--profile=MODERN', '--min-tls-version=1.0'],
    update: ['--min-tls-version=1.2'],
    changed: { minTlsVersion: 'TLS_1_2', profile: 'MODERN' },
    remove: [],
    full: `${compute}/global/sslPolicies/own`,
    ...computeWords,
  },
  {
    group: ['dns', 'managed-zones'],
    name: 'own',
    create: ['--dns-name=example.test.', '--description=Own', '--visibility=private', '--networks=base'],
    update: ['--description=Another'],
    changed: { description: 'Another' },
    remove: [],
    full: '//dns.googleapis.com/projects/orchestra-dev/managedZones/own',
    absent: /does not exist/,
    exists: /already exists/,
  },
  {
    group: ['dns', 'record-sets'],
    name: 'www.base.test.',
    where: ['--zone=base', '--type=A'],
    list: ['--zone=base'],
    create: ['--rrdatas=203.0.113.9', '--ttl=60'],
    update: ['--rrdatas=203.0.113.10', '--ttl=120'],
    changed: { rrdatas: ['203.0.113.10'], ttl: 120 },
    remove: [],
    full: '//dns.googleapis.com/projects/orchestra-dev/managedZones/base/rrsets/www.base.test./A',
    absent: /does not exist|NOT_FOUND/,
    exists: /already exists/,
  },
  {
    group: ['certificate-manager', 'dns-authorizations'],
    name: 'own',
    create: ['--domain=own.test'],
    update: ['--description=Another'],
    changed: { description: 'Another' },
    remove: [],
    full: `${manager}/dnsAuthorizations/own`,
    absent: /was not found/,
    exists: /already exists/,
  },
  {
    group: ['certificate-manager', 'certificates'],
    name: 'own',
    create: ['--domains=base.test', '--dns-authorizations=base'],
    update: ['--description=Another'],
    changed: { description: 'Another' },
    remove: [],
    full: `${manager}/certificates/own`,
    absent: /was not found/,
    exists: /already exists/,
  },
  {
    group: ['certificate-manager', 'maps', 'entries'],
    name: 'own',
    where: ['--map=base'],
    create: ['--hostname=base.test', '--certificates=base'],
    update: ['--description=Another'],
    changed: { description: 'Another', state: 'ACTIVE' },
    remove: [],
    full: `${manager}/certificateMaps/base/certificateMapEntries/own`,
    absent: /was not found/,
    exists: /already exists/,
  },
  {
    group: ['kms', 'keys'],
    name: 'own',
    where: ['--keyring=base', L],
    create: ['--purpose=encryption', '--rotation-period=90d', '--next-rotation-time=2027-01-01T00:00:00Z'],
    update: ['--rotation-period=30d', '--next-rotation-time=2027-02-01T00:00:00Z'],
    changed: { rotationPeriod: '2592000s' },
    full: '//cloudkms.googleapis.com/projects/orchestra-dev/locations/us-central1/keyRings/base/cryptoKeys/own',
    ...words,
  },
  {
    group: ['container', 'node-pools'],
    name: 'own',
    where: ['--cluster=base', L],
    create: ['--num-nodes=1', '--spot', '--machine-type=n2-standard-4'],
    update: ['--enable-autoscaling', '--total-min-nodes=2', '--total-max-nodes=7'],
    changed: { autoscaling: { enabled: true, totalMinNodeCount: 2, totalMaxNodeCount: 7 } },
    remove: [],
    full: '//container.googleapis.com/projects/orchestra-dev/locations/us-central1/clusters/base/nodePools/own',
    absent: /code=404, message=Not found/,
    exists: /code=409, message=Already exists/,
  },
  {
    group: ['artifacts', 'repositories'],
    name: 'own',
    where: [L],
    create: ['--repository-format=docker'],
    update: ['--immutable-tags'],
    changed: { dockerConfig: { immutableTags: true } },
    remove: [],
    full: '//artifactregistry.googleapis.com/projects/orchestra-dev/locations/us-central1/repositories/own',
    ...words,
  },
  {
    group: ['secrets'],
    name: 'own',
    create: ['--replication-policy=automatic'],
    update: ['--update-labels=a=b'],
    changed: { labels: { a: 'b' } },
    remove: [],
    full: '//secretmanager.googleapis.com/projects/orchestra-dev/secrets/own',
    ...words,
  },
  {
    group: ['storage', 'buckets'],
    name: 'gs://orchestra-own',
    create: ['--location=us-central1', '--uniform-bucket-level-access', '--soft-delete-duration=14d'],
    update: ['--versioning'],
    changed: { versioning: { enabled: true }, location: 'US-CENTRAL1' },
    remove: [],
    full: '//storage.googleapis.com/orchestra-own',
    absent: /not found: 404/,
    exists: /HTTPError 409: .*already own/,
  },
  {
    group: ['beta', 'container', 'backup-restore', 'backup-plans'],
    name: 'own',
    where: [L],
    create: [
      '--cluster=projects/orchestra-dev/locations/us-central1/clusters/base',
      '--all-namespaces',
      '--backup-retain-days=14',
      '--cron-schedule=10 3 * * *',
    ],
    update: ['--backup-retain-days=21'],
    changed: { retentionPolicy: { backupRetainDays: 21 }, state: 'READY' },
    remove: [],
    full: '//gkebackup.googleapis.com/projects/orchestra-dev/locations/us-central1/backupPlans/own',
    ...words,
  },
  {
    group: ['iam', 'workload-identity-pools'],
    name: 'own-pool',
    where: [G],
    create: ['--display-name=Own'],
    update: ['--display-name=Another'],
    changed: { displayName: 'Another', state: 'ACTIVE' },
    full: '//iam.googleapis.com/projects/orchestra-dev/locations/global/workloadIdentityPools/own-pool',
    ...words,
  },
];

let cloud: GoogleCloud;
const gcloud = (...args: readonly string[]) => run(cloud.environment, ['gcloud', ...args, '--quiet']);
const done = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await gcloud(...args);
  if (code !== 0) throw new Error(`gcloud ${args.join(' ')}: ${stderr}`);
  return stdout;
};

beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  await prepare(cloud);
});
afterAll(() => cloud.stop());

/** Seven calls of gcloud, on a machine that may do much else at once. */
const timeout = 1_200_000;

/** A service account is named by its id when it is made, and by its email ever after. */
const later = ({ group, name }: Family) =>
  group[1] === 'service-accounts' ? `${name}@orchestra-dev.iam.gserviceaccount.com` : name;

test.concurrent.for(families.map((family) => [family.group.join(' '), family] as const))(
  '%s',
  { timeout },
  async ([, family]) => {
    const { group, name, where = [], list = where, create, update, changed, remove, full, absent, exists } = family;
    const before = await gcloud(...group, 'describe', later(family), ...where);
    expect(before).toMatchObject({ code: 1, stderr: expect.stringMatching(absent) });

    await done(...group, 'create', name, ...where, ...create);
    expect(cloud.state.get(full)).toBeDefined();
    const [again, listed, described] = await Promise.all([
      gcloud(...group, 'create', name, ...where, ...create),
      done(...group, 'list', ...list, '--format=json'),
      done(...group, 'describe', later(family), ...where, '--format=json'),
    ]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(exists) });
    const id = name.replace('gs://', '');
    expect((JSON.parse(listed) as object[]).filter((one) => JSON.stringify(one).includes(id))).toHaveLength(1);
    expect(described).toContain(id);

    if (update) await done(...group, 'update', later(family), ...where, ...update);
    expect(cloud.state.get(full)).toMatchObject(changed ?? {});
    if (remove === undefined) return;
    await done(...group, 'delete', later(family), ...where, ...remove);
    expect(cloud.state.get(full)).toBeUndefined();
  },
);

test('all was asked as the owner, served here, and written down', async () => {
  cloud.assertContained();
  expect(await call(cloud, 'GET', 'iam', '/v1/projects/orchestra-dev/serviceAccounts')).toMatchObject({ status: 200 });
  expect(new Set(cloud.requests.all.map(({ principal }) => principal))).toEqual(new Set(['user:owner@example.test']));
});
