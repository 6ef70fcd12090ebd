import { expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { type Manifest, manifests } from '../testing/stand-ins.ts';
import { System } from './lib/system.ts';
import { weaviateRoles } from './weaviate/roles.ts';
import { Weaviate } from './weaviate.ts';

function build(name: Environment['name'], replicas: number) {
  const cluster = clusters().find(({ environment }) => environment.name === name);
  if (!cluster) throw new Error(`there is no ${name} environment`);
  const { environment } = cluster;
  const system = new System({
    ...cluster,
    environment: { ...environment, weaviate: { ...environment.weaviate, replicas } },
  });
  const weaviate = new Weaviate(system);
  const manifest = manifests(system);
  const [container] = manifest('StatefulSet', 'weaviate').spec.template.spec.containers;
  const env: Manifest[] = container.env;
  return { weaviate, manifest, env, value: (wanted: string) => env.find((entry) => entry.name === wanted)?.value };
}

test('nobody gets in without a key, and every user has one', () => {
  const { env, value } = build('prod', 3);
  expect(value('AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED')).toBe('false');
  expect(value('AUTHORIZATION_RBAC_ENABLED')).toBe('true');
  expect(value('AUTHORIZATION_RBAC_ROOT_USERS')).toBe('admin');
  const users = value('AUTHENTICATION_APIKEY_USERS').split(',');
  const keys: string[] = value('AUTHENTICATION_APIKEY_ALLOWED_KEYS').split(',');
  expect(keys).toHaveLength(users.length);
  // Kubernetes expands $(NAME) only where NAME stands before.
  const names = env.map(({ name }) => name);
  for (const key of keys) {
    const name = key.slice(2, -1);
    expect(names.indexOf(name)).toBeGreaterThanOrEqual(0);
    expect(names.indexOf(name)).toBeLessThan(names.indexOf('AUTHENTICATION_APIKEY_ALLOWED_KEYS'));
  }
});

test('RAFT expects as many voters as it is told to join, by the names of the pods', () => {
  for (const [replicas, voters] of [
    [1, 1],
    [3, 3],
    [5, 3],
  ] as const) {
    const { manifest, value } = build('prod', replicas);
    const join: string[] = value('RAFT_JOIN').split(',');
    expect(join).toHaveLength(voters);
    expect(value('RAFT_BOOTSTRAP_EXPECT')).toBe(String(voters));
    expect(join[0]).toBe(`${manifest('StatefulSet', 'weaviate').metadata.name}-0`);
    expect(value('CLUSTER_JOIN') === undefined).toBe(replicas === 1);
  }
});

test('the nodes reach each other on ports that no Service offers', () => {
  const { manifest } = build('prod', 3);
  expect(manifest('Service', 'weaviate').spec.ports.map(({ port }: Manifest) => port)).toEqual([8080, 50051]);
  const own = manifest('NetworkPolicy', 'weaviate').spec.ingress.filter(
    ({ from }: Manifest) => from[0].podSelector?.matchLabels['app.kubernetes.io/name'] === 'weaviate',
  );
  expect(
    own.flatMap(({ ports }: Manifest) => ports.map(({ port, protocol }: Manifest) => `${protocol} ${port}`)),
  ).toEqual(['TCP 7000', 'UDP 7000', 'TCP 7001', 'TCP 8300', 'TCP 8301']);
});

test('backups may be written and read back, and asked for the bucket itself', () => {
  const { weaviate, value } = build('prod', 3);
  const roles = weaviate.workload.props.cloudRoles ?? [];
  expect(roles.map(({ role }) => role)).toEqual(['roles/storage.objectUser', 'roles/storage.legacyBucketReader']);
  for (const { resource } of roles)
    expect(resource).toMatchObject({ kind: 'bucket', name: value('BACKUP_GCS_BUCKET') });
});

test('mcp reads and does nothing else', () => {
  expect(weaviateRoles.mcp.map(({ action }) => action).sort()).toEqual([
    'read_collections',
    'read_data',
    'read_tenants',
  ]);
});

test('the roles are set after Weaviate is ready, with the root key', () => {
  const { manifest, weaviate } = build('dev', 1);
  const roles = manifest('Job', 'weaviate-roles');
  expect(roles.metadata.annotations['argocd.argoproj.io/sync-wave']).toBe('1');
  expect(roles.spec.template.spec.containers[0].env).toContainEqual({
    name: 'WEAVIATE_URL',
    value: `http://${weaviate.workload.endpoint('http').address}`,
  });
  expect(JSON.parse(manifest('ConfigMap', 'weaviate-roles').data['roles.json'])).toEqual(weaviateRoles);
});
