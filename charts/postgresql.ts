/** PostgreSQL: SuperAGI's own database. */
import { Size } from '../environments/units.ts';
import { image } from './images.ts';
import { Application } from './lib/application.ts';
import { execProbe, tcpProbe } from './lib/container.ts';
import { statefulSet } from './lib/controller.ts';
import { exporter } from './lib/exporter.ts';
import type { System } from './lib/system.ts';
import { disk, scratch } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import { secrets } from './secrets.ts';

/** Database and user that SuperAGI expects. */
export const superagiDatabase = { name: 'super_agi_main', user: 'superagi' } as const;

/** `postgres` of the alpine image, which initdb looks up. */
export const postgresqlUser = 70;

/** The StatefulSet, its disk and its Service. */
export class Postgresql extends Application {
  readonly workload: Workload;

  constructor(system: System) {
    super(system, 'postgresql', import.meta.filename);
    const { volume, maxConnections, resources } = system.environment.superagi.postgresql;
    const mebibytes = resources.memory.toKibibytes() / 1024;
    const { name, user } = superagiDatabase;
    this.workload = new Workload(this, {
      name: 'superagi-postgresql',
      namespace: 'superagi-data',
      controller: statefulSet({ replicas: 1 }),
      user: postgresqlUser,
      priority: 'orchestra-data',
      // The image's stop signal is a fast shutdown, which writes a checkpoint.
      terminationGraceSeconds: 120,
      listens: {
        postgresql: { port: 5432 },
        metrics: { port: 9187, service: false, metrics: '/metrics' },
      },
      disks: { data: { size: volume, storageClass: 'orchestra-ssd' } },
      containers: {
        postgresql: {
          image: image('postgresql'),
          args: [
            ...['-c', `max_connections=${maxConnections}`],
            ...['-c', `shared_buffers=${Math.floor(mebibytes / 4)}MB`],
            ...['-c', `effective_cache_size=${Math.floor(mebibytes / 2)}MB`],
            ...['-c', 'password_encryption=scram-sha-256'],
          ],
          env: {
            POSTGRES_USER: user,
            POSTGRES_DB: name,
            POSTGRES_PASSWORD: secrets.postgresql.key('password'),
            // initdb trusts local connections otherwise: every container of the pod could log in as anybody.
            POSTGRES_INITDB_ARGS: '--auth-local=scram-sha-256 --auth-host=scram-sha-256 --data-checksums',
            // A fresh ext4 disk holds lost+found, and initdb wants an empty folder.
            PGDATA: '/var/lib/postgresql/data/pgdata',
          },
          resources,
          ports: ['postgresql'],
          mounts: {
            '/var/lib/postgresql/data': disk('data'),
            '/var/run/postgresql': scratch('socket', Size.mebibytes(1)),
            '/tmp': scratch('tmp', Size.mebibytes(64)),
            // Parallel queries share memory here; a container has 64Mi unless told otherwise.
            '/dev/shm': scratch('shared-memory', Size.mebibytes(Math.floor(mebibytes / 8)), { memory: true }),
          },
          probes: {
            // Over TCP, which is closed while the first start sets the database up. Recovery after a crash takes minutes.
            startup: execProbe(isReady, { failureThreshold: 90 }),
            readiness: execProbe(isReady),
            liveness: tcpProbe('postgresql', { failureThreshold: 6 }),
          },
        },
        exporter: exporter({
          image: image('postgres-exporter'),
          env: {
            DATA_SOURCE_URI: `127.0.0.1:5432/${name}?sslmode=disable`,
            DATA_SOURCE_USER: user,
            DATA_SOURCE_PASS: secrets.postgresql.key('password'),
          },
        }),
      },
    });
  }
}

const isReady = [
  'pg_isready',
  '--quiet',
  '--host=127.0.0.1',
  `--username=${superagiDatabase.user}`,
  `--dbname=${superagiDatabase.name}`,
];
