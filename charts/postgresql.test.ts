import { expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import { type Manifest, manifests } from '../testing/stand-ins.ts';
import { System } from './lib/system.ts';
import { Postgresql } from './postgresql.ts';

function build() {
  const [cluster] = clusters();
  if (!cluster) throw new Error('there is no environment');
  const system = new System(cluster);
  new Postgresql(system);
  const pod = manifests(system)('StatefulSet', 'superagi-postgresql').spec.template.spec;
  return { settings: system.environment.superagi.postgresql, pod, postgresql: pod.containers[0] as Manifest };
}

test('everybody logs in with a password, inside the pod too', () => {
  const env: Manifest[] = build().postgresql.env;
  const initdb = env.find(({ name }) => name === 'POSTGRES_INITDB_ARGS')?.value;
  expect(initdb).toContain('--auth-local=scram-sha-256 --auth-host=scram-sha-256');
});

test('the data is in a folder below the mount, and everything else it writes to can be written', () => {
  const { postgresql } = build();
  const paths = postgresql.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
  expect(paths).toEqual(['/var/lib/postgresql/data', '/var/run/postgresql', '/tmp', '/dev/shm']);
  const data = postgresql.env.find(({ name }: Manifest) => name === 'PGDATA').value;
  expect(data).toMatch(/^\/var\/lib\/postgresql\/data\/./);
  expect(postgresql.securityContext.readOnlyRootFilesystem).toBe(true);
});

test('as many connections as SuperAGI opens, and a quarter of the memory for shared buffers', () => {
  const { settings, postgresql } = build();
  const megabytes = settings.resources.memory.toKibibytes() / 1024 / 4;
  expect(postgresql.args).toContain(`max_connections=${settings.maxConnections}`);
  expect(postgresql.args).toContain(`shared_buffers=${megabytes}MB`);
});
