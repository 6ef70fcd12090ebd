/** Celery's broker and the vector index of SuperAGI's own long-term memory: Redis with RediSearch, SuperAGI's own choice. */
import { Cpu, Size } from '../environments/units.ts';
import { image } from './images.ts';
import { Application } from './lib/application.ts';
import { ConfigFiles } from './lib/config-map.ts';
import { execProbe, tcpProbe } from './lib/container.ts';
import { statefulSet } from './lib/controller.ts';
import { exporter } from './lib/exporter.ts';
import type { System } from './lib/system.ts';
import { configFiles, disk, scratch } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import { secrets } from './secrets.ts';

/** Share of the memory limit for data; the rest is for rewriting the append-only file, which copies pages as they change. */
const dataShare = 0.75;

const programs = '/opt/redis-stack/bin';

/** The StatefulSet, its disk and its Service. */
export class Broker extends Application {
  readonly workload: Workload;

  constructor(system: System) {
    super(system, 'broker', import.meta.filename);
    const { volume, resources } = system.environment.superagi.broker;
    const password = secrets.broker.key('password');
    const credentials = scratch('credentials', Size.mebibytes(1), { memory: true });
    new ConfigFiles(this, {
      name: 'superagi-broker',
      namespace: 'superagi-data',
      data: { 'redis.conf': redisConfig(resources.memory) },
    });
    this.workload = new Workload(this, {
      name: 'superagi-broker',
      namespace: 'superagi-data',
      controller: statefulSet({ replicas: 1 }),
      // Uncertain: the image runs as root and has no user for this but nobody; its programs and modules are 0755.
      user: 999,
      priority: 'orchestra-data',
      terminationGraceSeconds: 60,
      listens: {
        redis: { port: 6379 },
        metrics: { port: 9121, service: false, metrics: '/metrics' },
      },
      disks: { data: { size: volume, storageClass: 'orchestra-ssd' } },
      initContainers: {
        credentials: {
          image: image('redis-stack'),
          // The image's own entrypoint takes a password only as an argument, which every process list shows.
          command: ['sh', '-euc', writePassword],
          env: { PASSWORD: password },
          resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(16) },
          mounts: { '/credentials': credentials },
        },
      },
      containers: {
        redis: {
          image: image('redis-stack'),
          command: [`${programs}/redis-server`, '/etc/redis/redis.conf'],
          // redis-cli, which the probes run, reads it.
          env: { REDISCLI_AUTH: password },
          resources,
          ports: ['redis'],
          mounts: {
            '/data': disk('data'),
            '/etc/redis': configFiles('superagi-broker'),
            '/credentials': { ...credentials, mount: { readOnly: true } },
            '/tmp': scratch('tmp', Size.mebibytes(16)),
          },
          probes: {
            // While the append-only file is read it accepts connections and answers LOADING.
            startup: execProbe(answersPong, { failureThreshold: 60 }),
            readiness: execProbe(answersPong),
            liveness: tcpProbe('redis', { failureThreshold: 6 }),
          },
        },
        exporter: exporter({
          image: image('redis-exporter'),
          env: {
            REDIS_ADDR: 'redis://127.0.0.1:6379',
            REDIS_PASSWORD: password,
            // The queue's length, the one number that says whether workers keep up: SuperAGI exposes none.
            REDIS_EXPORTER_CHECK_SINGLE_KEYS: 'db0=celery',
          },
        }),
      },
    });
  }
}

const writePassword = `umask 077; printf 'requirepass "%s"\\n' "$PASSWORD" > /credentials/password.conf`;

const answersPong = ['sh', '-c', `test "$(${programs}/redis-cli -h 127.0.0.1 ping)" = PONG`];

/** Of the modules in the image only the search that SuperAGI needs is loaded, with the limits of the image's entrypoint. */
const redisConfig = (memory: Size) => `include /credentials/password.conf
bind * -::*
port 6379
dir /data
# Every task that was accepted is on the disk within a second, so snapshots are not needed.
appendonly yes
appendfsync everysec
save ""
# A broker that is full refuses tasks; one that evicts loses them.
maxmemory ${Math.floor((memory.toKibibytes() / 1024) * dataShare)}mb
maxmemory-policy noeviction
loadmodule /opt/redis-stack/lib/redisearch.so MAXSEARCHRESULTS 10000 MAXAGGREGATERESULTS 10000
`;
