import { expect, test } from 'vitest';
import { type Manifest, manifests, systemWithSuperAgi } from '../../testing/stand-ins.ts';

const { system } = systemWithSuperAgi();
const manifest = manifests(system);

const template = (controller: Manifest) => controller.spec.template.spec;
const backend = template(manifest('Deployment', 'superagi'));
const worker = template(manifest('Deployment', 'superagi-worker'));
const beat = template(manifest('Deployment', 'superagi-beat'));
const migration = template(manifest('Job', 'superagi-migration'));
const everyProcess = [
  ...migration.initContainers,
  ...[migration, backend, worker, beat].flatMap(({ containers }) => containers),
];

const wave = ({ metadata }: Manifest) => Number(metadata.annotations['argocd.argoproj.io/sync-wave']);
const variable = ({ env }: Manifest, name: string) => env.find((entry: Manifest) => entry.name === name);
const secretsOf = ({ env }: Manifest): string[] =>
  env.flatMap(({ valueFrom }: Manifest) =>
    valueFrom?.secretKeyRef ? [`${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`] : [],
  );
const calledPods = (name: string): string[] =>
  manifest('NetworkPolicy', name).spec.egress.flatMap(({ to }: Manifest) =>
    to.flatMap(({ podSelector }: Manifest) => podSelector?.matchLabels['app.kubernetes.io/name'] ?? []),
  );

test('the schema is brought up to date and seeded before anything else starts', () => {
  const names = ['superagi', 'superagi-worker', 'superagi-beat', 'superagi-gui'];
  for (const name of names)
    expect(wave(manifest('Deployment', name))).toBeGreaterThan(wave(manifest('Job', 'superagi-migration')));
  expect(migration.initContainers[0].command).toEqual(['alembic', 'upgrade', 'head']);
  expect(migration.containers[0].command.at(-1)).toContain('startup_event');
});

test('the workspace is claimed in the wave of the pods that mount it, and is counted for the quota', () => {
  const claim = manifest('PersistentVolumeClaim', 'superagi-workspace');
  expect(claim.spec.accessModes).toEqual(['ReadWriteMany']);
  expect(wave(claim)).toBe(wave(manifest('Deployment', 'superagi')));
  expect(system.claims.map(({ name }) => name)).toEqual(['superagi-workspace']);
});

test('backend and workers find the resource roots on the same volume', () => {
  for (const { containers, volumes } of [backend, worker]) {
    const mount = containers[0].volumeMounts.find(({ mountPath }: Manifest) => mountPath === '/workspace');
    const volume = volumes.find(({ name }: Manifest) => name === mount.name);
    expect(volume.persistentVolumeClaim.claimName).toBe('superagi-workspace');
    for (const root of ['RESOURCES_INPUT_ROOT_DIR', 'RESOURCES_OUTPUT_ROOT_DIR'])
      expect(variable(containers[0], root).value).toMatch(/^\/workspace\//);
  }
});

test('every process reads config.yaml, and none is left with an address that SuperAGI invents', () => {
  for (const process of everyProcess) {
    expect(process.volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: '/app/config.yaml', subPath: 'config.yaml' }),
    );
    for (const name of ['DB_URL', 'DB_HOST', 'REDIS_URL', 'REDIS_VECTOR_STORE_URL']) {
      expect(variable(process, name).value).toContain('.superagi-data.svc.cluster.local:');
      // Alembic breaks on it.
      expect(variable(process, name).value).not.toContain('%');
    }
    expect(JSON.stringify(process)).not.toContain('super__');
  }
});

test('a password stands before the variable that is made of it', () => {
  for (const { env } of everyProcess) {
    const position = (name: string) => env.findIndex((entry: Manifest) => entry.name === name);
    expect(position('DB_PASSWORD')).toBeLessThan(position('DB_URL'));
    expect(position('BROKER_PASSWORD')).toBeLessThan(position('REDIS_URL'));
    expect(position('REDIS_URL')).toBeLessThan(position('CELERY_BROKER_URL'));
  }
});

test('the token limit is a number, as it is passed on to the model', () => {
  expect(manifest('ConfigMap', 'superagi-config').data['config.yaml']).toMatch(/^MAX_MODEL_TOKEN_LIMIT: \d+$/m);
  for (const process of everyProcess) expect(variable(process, 'MAX_MODEL_TOKEN_LIMIT')).toBeUndefined();
});

test('the model key stays with the workers, the login secrets with the backend', () => {
  expect(secretsOf(worker.containers[0])).toContain('openrouter/api-key');
  expect(secretsOf(backend.containers[0])).not.toContain('openrouter/api-key');
  expect(secretsOf(backend.containers[0])).toContain('superagi/jwt-secret');
  expect(secretsOf(worker.containers[0])).not.toContain('superagi/jwt-secret');
  expect(secretsOf(beat.containers[0]).sort()).toEqual([
    'postgresql/password',
    'superagi-broker/password',
    'superagi/encryption-key',
  ]);
});

test('each workload reaches what it declares and nothing else', () => {
  const stores = ['superagi-postgresql', 'superagi-broker'];
  expect(calledPods('superagi')).toEqual([...stores, 'memory', 'mcp-mongodb']);
  expect(calledPods('superagi-worker')).toEqual([...stores, 'memory', 'mcp-mongodb']);
  expect(calledPods('superagi-beat')).toEqual(stores);
  expect(calledPods('superagi-gui')).toEqual([]);
  expect(system.topology.undeclaredAddresses()).toEqual([]);
});

test('agents show a token of their own to the memory service and to the MCP servers', () => {
  for (const { containers, volumes } of [backend, worker])
    for (const [name, audience] of [
      ['MEMORY_TOKEN_FILE', 'memory'],
      ['MCP_TOKEN_FILE', 'mcp'],
    ] as const) {
      const file: string = variable(containers[0], name).value;
      const mount = containers[0].volumeMounts.find(({ mountPath }: Manifest) => file === `${mountPath}/token`);
      const volume = volumes.find((entry: Manifest) => entry.name === mount.name);
      expect(volume.projected.sources[0].serviceAccountToken.audience).toBe(audience);
    }
  expect(variable(worker.containers[0], 'MCP_SERVERS').value).toBe(
    'mcp-mongodb=http://mcp-mongodb.superagi.svc.cluster.local:8080/mcp',
  );
});

test('the scheduler is never there twice', () => {
  const { spec } = manifest('Deployment', 'superagi-beat');
  expect(spec.replicas).toBe(1);
  expect(spec.strategy.type).toBe('Recreate');
});

test('a backend has three minutes to start, and outlives the time in which the load balancer still sends', () => {
  const { startupProbe, lifecycle } = backend.containers[0];
  expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(180);
  expect(backend.terminationGracePeriodSeconds).toBeGreaterThan(lifecycle.preStop.sleep.seconds);
});
