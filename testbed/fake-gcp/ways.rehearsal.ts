/** What is more than to make, list, change and remove: values, files, policies, keyless access, and the way to a cluster. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../servers/google-cloud.ts';
import { type Kubernetes, startKubernetes } from '../servers/kubernetes/kubernetes.ts';
import { make, prepare } from './fixture.ts';
import { run } from './gcloud.ts';

let kubernetes: Kubernetes;
let cloud: GoogleCloud;
beforeAll(async () => {
  kubernetes = await startKubernetes();
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev', kubernetes });
  await prepare(cloud);
});
afterEach(() => cloud.assertContained());
afterAll(async () => {
  await cloud.stop();
  await kubernetes.stop();
});

const gcloud = (words: string, more: readonly string[] = [], input = '') =>
  run(cloud.environment, ['gcloud', ...words.split(' '), ...more, '--quiet'], input);
const done = async (...given: Parameters<typeof gcloud>) => {
  const { code, stdout, stderr } = await gcloud(...given);
  if (code !== 0) throw new Error(`gcloud ${given[0]}: ${stderr}`);
  return stdout;
};
const json = async (words: string): Promise<unknown> => JSON.parse(await done(`${words} --format=json`));

test('an API that is switched on is listed', async () => {
  await done('services enable iap.googleapis.com file.googleapis.com');
  const names = (await json('services list --enabled')) as { config: { name: string } }[];
  expect(names.map(({ config }) => config.name)).toEqual(
    expect.arrayContaining(['iap.googleapis.com', 'file.googleapis.com', 'container.googleapis.com']),
  );
});

test('a role with a condition is given, seen and taken', async () => {
  const binding =
    'orchestra-dev --member=user:ana@example.test --role=roles/datastore.user --condition=title=own,expression=true --format=none';
  await done(`projects add-iam-policy-binding ${binding}`);
  expect(await json('projects get-iam-policy orchestra-dev')).toMatchObject({
    version: 3,
    bindings: expect.arrayContaining([expect.objectContaining({ condition: { title: 'own', expression: 'true' } })]),
  });
  await done(`projects remove-iam-policy-binding ${binding}`);
  expect(cloud.policies.get('//cloudresourcemanager.googleapis.com/projects/orchestra-dev').bindings).toHaveLength(1);
});

test('the value of a secret goes in by standard input, and comes out', async () => {
  await done('secrets create value --replication-policy=automatic');
  await done('secrets versions add value --data-file=-', [], 'sk-first');
  await done('secrets versions add value --data-file=-', [], 'sk-second');
  expect(await done('secrets versions access latest --secret=value')).toBe('sk-second');
  await done('secrets versions disable 2 --secret=value');
  expect(await json('secrets versions list value --filter=state=ENABLED')).toMatchObject([{ state: 'ENABLED' }]);
  expect(await gcloud('secrets versions access 9 --secret=value')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND'),
  });
});

test('a database has its protection, index, TTL and backups, and goes when it may', async () => {
  await done('firestore databases create --database=memory --location=us-central1 --delete-protection --enable-pitr');
  await json('firestore databases list');
  const at = '--database=memory';
  await done(`firestore fields ttls update expireAt --collection-group=memory --enable-ttl ${at} --async`);
  await done(`firestore backups schedules create --recurrence=daily --retention=7d ${at}`);
  const fields = ['--field-config=field-path=a,order=ascending', '--field-config=field-path=b,order=descending'];
  await done(`firestore indexes composite create --collection-group=memory ${at} --async`, fields);
  await done(`firestore indexes fields update body --collection-group=memory --disable-indexes ${at} --async`);
  const again = await gcloud(`firestore indexes composite create --collection-group=memory ${at} --async`, fields);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/ALREADY_EXISTS|already exists/) });
  const [ttls, indexes, bare, schedules] = [
    await json(`firestore fields ttls list ${at}`),
    await json(`firestore indexes composite list ${at}`),
    await json(`firestore indexes fields list ${at}`),
    await json(`firestore backups schedules list ${at}`),
  ];
  expect(ttls).toMatchObject([{ ttlConfig: { state: 'ACTIVE' } }]);
  expect(indexes).toMatchObject([{ state: 'READY', fields: [{ fieldPath: 'a' }, { fieldPath: 'b' }, {}] }]);
  expect(JSON.stringify(bare)).toContain('/fields/body');
  expect(schedules).toMatchObject([{ retention: '604800s', dailyRecurrence: {} }]);
  const kept = await gcloud(`firestore databases delete ${at}`);
  expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('delete protection') });
  await done(`firestore databases update --no-delete-protection ${at}`);
  await done(`firestore databases delete ${at}`);
  expect(await json('firestore databases list')).toEqual([]);
});

test('files go up to a bucket and come down, and a bucket goes with all that is in it', async () => {
  const file = join(cloud.folder, 'upload.txt');
  writeFileSync(file, 'a value');
  await done('storage buckets create gs://orchestra-files --location=us-central1 --uniform-bucket-level-access');
  await done(`storage cp ${file} gs://orchestra-files/folder/a.txt`);
  expect(await done('storage cat gs://orchestra-files/folder/a.txt')).toBe('a value');
  await done(
    'storage buckets add-iam-policy-binding gs://orchestra-files --member=user:ana@example.test --role=roles/storage.objectViewer',
  );
  expect(cloud.policies.get('//storage.googleapis.com/orchestra-files').bindings).toContainEqual({
    role: 'roles/storage.objectViewer',
    members: ['user:ana@example.test'],
  });
  await done('storage rm -r gs://orchestra-files --all-versions');
  expect(cloud.state.inventory().filter((name) => name.includes('orchestra-files'))).toEqual([]);
});

test('a NAT is part of its router', async () => {
  const router = 'projects/orchestra-dev/regions/us-central1/routers/base';
  await make(cloud, 'compute', '/projects/orchestra-dev/regions/us-central1/routers', {
    name: 'base',
    network: 'projects/orchestra-dev/global/networks/base',
  });
  const at = 'own --router=base --region=us-central1';
  await done(`compute routers nats create ${at} --auto-allocate-nat-external-ips --nat-all-subnet-ip-ranges`);
  expect(cloud.state.get(`//compute.googleapis.com/${router}`)).toMatchObject({ nats: [{ name: 'own' }] });
  await done(`compute routers nats delete ${at}`);
  expect(cloud.state.get(`//compute.googleapis.com/${router}`)).toMatchObject({ nats: [] });
});

test('a budget is reached at its real host, without leaving the machine', async () => {
  const account = '--billing-account=012345-678901-234567';
  await done(`billing budgets create ${account} --display-name=orchestra --budget-amount=500USD`);
  const budgets = (await json(`billing budgets list ${account}`)) as { name: string }[];
  expect(budgets).toMatchObject([{ displayName: 'orchestra', amount: { specifiedAmount: { units: '500' } } }]);
  const id = budgets[0]?.name.split('/').at(-1);
  await done(`billing budgets update ${id} ${account} --budget-amount=600USD`);
  expect(await json(`billing budgets list ${account}`)).toMatchObject([
    { amount: { specifiedAmount: { units: '600' } } },
  ]);
  await done(`billing budgets delete ${id} ${account}`);
  expect(await json(`billing projects describe orchestra-dev`)).toMatchObject({ billingEnabled: true });
});

test('the policy of images is replaced as a whole', async () => {
  const file = join(cloud.folder, 'policy.yaml');
  const rule = { evaluationMode: 'ALWAYS_DENY', enforcementMode: 'ENFORCED_BLOCK_AND_AUDIT_LOG' };
  writeFileSync(file, JSON.stringify({ name: 'projects/orchestra-dev/policy', defaultAdmissionRule: rule }));
  await done(`container binauthz policy import ${file}`);
  expect(await json('container binauthz policy export')).toMatchObject({ defaultAdmissionRule: rule });
});

test('a workflow without any key is let in by its token, and another repository is not', async () => {
  const pool = '/v1/projects/orchestra-dev/locations/global/workloadIdentityPools';
  await make(cloud, 'iam', `${pool}?workloadIdentityPoolId=github`, {});
  const where = 'github --location=global --workload-identity-pool=github';
  await done(`iam workload-identity-pools providers create-oidc ${where}`, [
    '--issuer-uri=https://token.actions.githubusercontent.com',
    '--attribute-mapping=google.subject=assertion.sub',
    "--attribute-condition=assertion.repository_id == '2'",
  ]);
  // Its making is an operation that gcloud does not wait for: it is of use from when it is seen as active.
  expect(await json(`iam workload-identity-pools providers describe ${where}`)).toMatchObject({ state: 'ACTIVE' });
  const provider = `projects/${cloud.projectNumber}/locations/global/workloadIdentityPools/github/providers/github`;
  const as = async (repository_id: string) => {
    const folder = join(cloud.folder, `workflow-${repository_id}`);
    mkdirSync(folder);
    const tokenFile = join(folder, 'token');
    const claims = { aud: `https://iam.googleapis.com/${provider}`, sub: `repo:${repository_id}`, repository_id };
    writeFileSync(tokenFile, cloud.githubToken(claims));
    const file = join(folder, 'credentials.json');
    writeFileSync(file, JSON.stringify(cloud.credentials({ tokenFile, provider })));
    const { CLOUDSDK_AUTH_ACCESS_TOKEN: _, ...rest } = cloud.environment;
    const own = { ...rest, CLOUDSDK_CONFIG: folder, CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: file };
    return run(own, ['gcloud', 'artifacts', 'repositories', 'list', '--location=us-central1', '--quiet']);
  };
  expect(await as('2')).toMatchObject({ code: 0 });
  expect(cloud.requests.all.at(-1)?.principal).toMatch(/\/workloadIdentityPools\/github\/subject\/repo:2$/);
  // gcloud does not print what the token service said; that it was let in nowhere is what counts.
  cloud.requests.clear();
  expect(await as('3')).toMatchObject({ code: 1 });
  expect(new Set(cloud.requests.all.map(({ path, status }) => `${path} ${status}`))).toEqual(
    new Set(['/v1/token 400']),
  );
});

test.for([
  ['by its address', 'us-central1-a', []],
  ['by DNS name', 'us-central1', ['--enable-dns-access', '--no-enable-ip-access']],
] as const)('the way to a new cluster %s ends at a real API server', async ([, location, access]) => {
  const where = `own --location=${location}`;
  const flags = ['--network=base', '--subnetwork=base', '--enable-ip-alias', '--num-nodes=1', ...access];
  await done(`container clusters create ${where}`, flags);
  await done(`container clusters get-credentials ${where}`);
  const kubeconfig = readFileSync(cloud.environment.KUBECONFIG ?? '', 'utf8');
  expect(kubeconfig.includes('certificate-authority-data')).toBe(access.length === 0);
  const namespaces = await run(cloud.environment, ['kubectl', 'get', 'namespaces', '--output=name']);
  expect(namespaces).toMatchObject({ code: 0, stdout: expect.stringContaining('namespace/kube-system') });
  await done(`container clusters delete ${where}`);
  await run({ ...cloud.environment }, ['kubectl', 'config', 'unset', 'contexts']);
});

test('an operation that fails after it began fails the command, with what Google says', async () => {
  const failOperation = { status: 'RESOURCE_EXHAUSTED', message: "Quota 'NETWORKS' exceeded." } as const;
  cloud.faults.add({ api: 'compute', method: 'POST', path: /networks$/, failOperation });
  const failed = await gcloud('compute networks create quota --subnet-mode=custom');
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("Quota 'NETWORKS' exceeded.") });
  expect(cloud.state.get('//compute.googleapis.com/projects/orchestra-dev/global/networks/quota')).toBeUndefined();
});
