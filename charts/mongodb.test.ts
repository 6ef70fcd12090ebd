import { expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { type Manifest, manifests } from '../testing/stand-ins.ts';
import { secretUses } from './lib/external-secrets.ts';
import { System } from './lib/system.ts';
import { agentsDatabase, MongoDb, memoryDatabase, mongodbUsers } from './mongodb.ts';

function build(name: Environment['name'] = 'prod') {
  const cluster = clusters().find(({ environment }) => environment.name === name);
  if (!cluster) throw new Error(`there is no ${name} environment`);
  const system = new System(cluster);
  const mongodb = new MongoDb(system);
  return { system, mongodb, manifest: manifests(system) };
}

const podOf = (manifest: Manifest) => manifest.spec.template.spec;
const variable = (container: Manifest, name: string) =>
  container.env.find((entry: Manifest) => entry.name === name)?.value;

test('mongod gets its key from memory, readable by itself alone', () => {
  const pod = podOf(build().manifest('StatefulSet', 'mongodb'));
  const [keyfile] = pod.initContainers;
  expect(keyfile.command).toEqual(['install', '-m', '0400', '/secret/key', '/keyfile/key']);
  expect(pod.volumes).toContainEqual({ name: 'keyfile', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
  expect(pod.containers[0].args.join(' ')).toContain('--keyFile /keyfile/key');
  expect(pod.securityContext).toMatchObject({ runAsUser: 999, fsGroup: 999 });
});

test('members start together, in different zones, and talk to each other', () => {
  const { manifest } = build();
  const { spec } = manifest('StatefulSet', 'mongodb');
  expect(spec).toMatchObject({ replicas: 3, podManagementPolicy: 'Parallel' });
  expect(podOf(manifest('StatefulSet', 'mongodb')).topologySpreadConstraints[0]).toMatchObject({
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
  });
  const members = { matchLabels: { 'app.kubernetes.io/name': 'mongodb' } };
  const { ingress, egress } = manifest('NetworkPolicy', 'mongodb').spec;
  const mongodb = [{ port: 27017, protocol: 'TCP' }];
  expect(ingress).toContainEqual({ from: [expect.objectContaining({ podSelector: members })], ports: mongodb });
  expect(egress).toContainEqual({ to: [expect.objectContaining({ podSelector: members })], ports: mongodb });
});

test('the cache leaves room for the rest of mongod, and is never less than the engine takes', () => {
  const cacheOf = (name: Environment['name']) => {
    const { args } = podOf(build(name).manifest('StatefulSet', 'mongodb')).containers[0];
    return Number(args[args.indexOf('--wiredTigerCacheSizeGB') + 1]);
  };
  for (const name of ['dev', 'prod'] as const) {
    const gibibytes = build(name).system.environment.mongodb.resources.memory.toKibibytes() / 1024 ** 2;
    expect(cacheOf(name)).toBeGreaterThanOrEqual(0.25);
    expect(cacheOf(name)).toBeLessThan(gibibytes / 2);
  }
});

test('the initiation comes after the members and knows each by its own name', () => {
  const { manifest, mongodb } = build();
  const initiation = manifest('Job', 'mongodb-initiate');
  expect(initiation.metadata.annotations['argocd.argoproj.io/sync-wave']).toBe('1');
  const [container] = podOf(initiation).containers;
  expect(variable(container, 'MONGODB_HOSTS')).toBe(mongodb.hosts);
  expect(mongodb.hosts.split(',')[2]).toBe('mongodb-2.mongodb-headless.superagi-data.svc.cluster.local:27017');
});

test('no password stands in a manifest or on a command line', () => {
  const { system, manifest } = build();
  for (const spec of [manifest('StatefulSet', 'mongodb'), manifest('Job', 'mongodb-initiate')].map(podOf))
    for (const { env, command, args } of spec.containers) {
      for (const { name, value } of env) if (/PASSWORD/.test(name)) expect(value).toBeUndefined();
      expect(JSON.stringify([command, args])).not.toMatch(/PASSWORD=/);
    }
  const readersOf = (name: string) => secretUses(system).find(({ secret }) => secret.name === name)?.readers;
  expect(readersOf('mongodb-memory')).toEqual(['mongodb-initiate']);
});

test('whoever reads for agents cannot read the memories of all tenants', () => {
  expect(mongodbUsers.mcp.roles).toEqual([{ role: 'read', db: agentsDatabase }]);
  expect(agentsDatabase).not.toBe(memoryDatabase);
});
