import { expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import type { Size } from '../environments/units.ts';
import { Backup } from './backup.ts';
import { Dragonfly } from './dragonfly.ts';
import { demand } from './lib/capacity.ts';
import { KubeObject } from './lib/object.ts';
import { System } from './lib/system.ts';
import { MongoDb } from './mongodb.ts';
import { Postgresql } from './postgresql.ts';
import { Weaviate } from './weaviate.ts';

const stores = ['dragonfly', 'mongodb', 'weaviate', 'postgresql'] as const;

function build() {
  const cluster = clusters().find(({ environment }) => environment.name === 'staging');
  if (!cluster) throw new Error('there is no staging environment');
  const system = new System(cluster);
  const workloads = {
    dragonfly: new Dragonfly(system).workload,
    mongodb: new MongoDb(system).workload,
    weaviate: new Weaviate(system).workload,
    postgresql: new Postgresql(system).workload,
  };
  const before = demand(system, 'max');
  const backup = new Backup(system, workloads);
  const objects = backup.node
    .findAll()
    .filter((construct): construct is KubeObject => construct instanceof KubeObject)
    .map((object) => object.toJson());
  const find = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  return { system, before, find };
}

test.each(stores)('%s is backed up when its environment says, one backup at a time', (store) => {
  const { system, find } = build();
  const { spec } = find('CronJob', `backup-${store}`);
  expect(spec).toMatchObject({
    schedule: system.environment.backups[store].schedule,
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
  });
});

test.each(stores)('restoring %s waits for a person, and takes the backup that the person names', (store) => {
  const { spec } = build().find('Job', `restore-${store}`);
  expect(spec).toMatchObject({ suspend: true, backoffLimit: 0 });
  const { initContainers = [], containers } = spec.template.spec;
  const named = [...initContainers, ...containers].flatMap(({ env }) => env).find(({ name }) => name === 'BACKUP');
  expect(named.valueFrom.fieldRef.fieldPath).toBe("metadata.annotations['orchestra/backup']");
  // With the annotation in git, Argo CD would take the person's choice back.
  expect(spec.template.metadata.annotations).not.toHaveProperty('orchestra/backup');
});

test.each(['dragonfly', 'mongodb', 'postgresql'] as const)('%s is uploaded only when it was dumped whole', (store) => {
  const { spec } = build().find('CronJob', `backup-${store}`).spec.jobTemplate.spec.template;
  expect(spec.initContainers).toHaveLength(1);
  expect(spec.containers.map(({ command }: { command: string[] }) => command)).toEqual([
    ['bash', '/scripts/upload.sh'],
  ]);
});

test('a restore may read the bucket and no more', () => {
  const { system } = build();
  const roles = system.topology.workloads
    .filter(({ application: { application } }) => application === 'backup')
    .map(({ name, props }) => [name.split('-')[0], ...(props.cloudRoles ?? []).map(({ role }) => role)]);
  expect(new Set(roles.map(String))).toEqual(
    new Set(['backup,roles/storage.objectUser', 'restore,roles/storage.objectViewer']),
  );
});

test("dragonfly's disk is mounted on its own node, by its own user, and not written to by the backup", () => {
  const { find } = build();
  const backup = find('CronJob', 'backup-dragonfly').spec.jobTemplate.spec.template.spec;
  const [{ topologyKey, labelSelector }] = backup.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  expect([topologyKey, labelSelector.matchLabels]).toEqual([
    'kubernetes.io/hostname',
    { 'app.kubernetes.io/name': 'dragonfly' },
  ]);
  expect(backup.securityContext.runAsUser).toBe(999);
  const data = { name: 'data', mountPath: '/data' };
  expect(backup.initContainers[0].volumeMounts).toContainEqual({ ...data, readOnly: true });
  const restore = find('Job', 'restore-dragonfly').spec.template.spec;
  expect(restore.containers[0].volumeMounts.find(({ name }: { name: string }) => name === 'data').readOnly).not.toBe(
    true,
  );
});

test('the disks that dumps are written to go with their pods, and the quota has room for them', () => {
  const { system, before, find } = build();
  const { volumes } = find('CronJob', 'backup-mongodb').spec.jobTemplate.spec.template.spec;
  // Every other class retains.
  expect(volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName).toBe('standard-rwo');
  const { dragonfly, mongodb, superagi } = system.environment;
  const bytes = (size: Size) => size.toKibibytes() * 1024;
  const dumps = bytes(dragonfly.volume) + bytes(mongodb.volume) + bytes(superagi.postgresql.volume);
  const after = demand(system, 'max');
  expect([after.claims - before.claims, after.storage - before.storage]).toEqual([6, 2 * dumps]);
});
