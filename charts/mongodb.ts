/** MongoDB: mid-term memory, for a day, and the data that agents ask questions about. */
import { Cpu, Duration, Size } from '../environments/units.ts';
import { image } from './images.ts';
import { Application } from './lib/application.ts';
import { calls } from './lib/calls.ts';
import { ConfigFiles } from './lib/config-map.ts';
import { execProbe, tcpProbe } from './lib/container.ts';
import { job, statefulSet } from './lib/controller.ts';
import { exporter } from './lib/exporter.ts';
import type { System } from './lib/system.ts';
import { configFiles, disk, scratch, secretFiles } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import { initiateScript } from './mongodb/initiate-script.ts';
import { startScript } from './mongodb/start-script.ts';
import { mongodbUsers } from './mongodb/users.ts';
import { secrets } from './secrets.ts';

export { agentsDatabase, memoryDatabase, mongodbUsers } from './mongodb/users.ts';

/** Name of the replica set, which clients state. */
export const replicaSet = 'rs0';

/** The user of the image. */
export const mongodbUser = 999;

/** Share of the memory limit that the storage engine caches with; connections, sorts and probes live in the rest. */
const cacheShare = 0.45;

/**
 * Ready when it serves, or when nobody has initiated it yet: the Job that does so comes after readiness. A member that is
 * still copying or recovering is not, so that a rollout does not take the next one down.
 */
const readiness = 'const h = db.hello(); quit(h.isWritablePrimary || h.secondary || h.isreplicaset ? 0 : 1)';

/** The replica set, one member a zone, and the Job that initiates it and keeps its members and users as declared. */
export class MongoDb extends Application {
  readonly workload: Workload;

  constructor(system: System) {
    super(system, 'mongodb', import.meta.filename);
    this.workload = this.addMembers();
    this.addInitiation();
  }

  /** `host:port` of each member, separated by commas, for connection strings. */
  get hosts(): string {
    return this.workload.endpoint('mongodb').podAddresses.join(',');
  }

  private addMembers(): Workload {
    const { members, volume, resources } = this.system.environment.mongodb;
    const keyfile = scratch('keyfile', Size.mebibytes(1), { memory: true });
    return new Workload(this, {
      name: 'mongodb',
      namespace: 'superagi-data',
      // Each must see the others before any of them is initiated.
      controller: statefulSet({ replicas: members, podManagement: 'Parallel' }),
      user: mongodbUser,
      priority: 'orchestra-data',
      // A primary hands over and writes a checkpoint.
      terminationGraceSeconds: 90,
      spread: 'require',
      listens: {
        mongodb: { port: 27017 },
        metrics: { port: 9216, service: false, metrics: '/metrics' },
      },
      peers: ['mongodb'],
      disks: { data: { size: volume, storageClass: 'orchestra-ssd-xfs' } },
      initContainers: {
        keyfile: {
          image: image('mongodb'),
          // mongod refuses a key that its group can read, and fsGroup makes a mounted Secret just that.
          command: ['install', '-m', '0400', '/secret/key', '/keyfile/key'],
          resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(32) },
          mounts: { '/secret': secretFiles(secrets.mongodbKeyfile), '/keyfile': keyfile },
        },
      },
      containers: {
        mongodb: {
          image: image('mongodb'),
          command: ['bash', '-c', startScript, 'start'],
          args: [
            '--replSet',
            replicaSet,
            '--bind_ip_all',
            '--keyFile',
            '/keyfile/key',
            '--wiredTigerCacheSizeGB',
            cacheGibibytes(resources.memory),
          ],
          env: {
            POD_NAME: { field: 'metadata.name' },
            // mongosh writes below it; the image's own is the disk.
            HOME: '/tmp',
            MONGO_INITDB_ROOT_USERNAME: 'root',
            MONGO_INITDB_ROOT_PASSWORD: secrets.mongodbRoot.key('password'),
          },
          resources,
          ports: ['mongodb'],
          mounts: {
            '/data/db': disk('data'),
            '/data/configdb': scratch('configdb', Size.mebibytes(16)),
            '/keyfile': { ...keyfile, mount: { readOnly: true } },
            '/tmp': scratch('tmp', Size.mebibytes(128)),
          },
          probes: {
            // It listens only after recovery from the journal; while root is being made, on 127.0.0.1 alone.
            startup: tcpProbe('mongodb', { failureThreshold: 90 }),
            // mongosh takes a second or two to start.
            readiness: execProbe(['mongosh', '--quiet', '--norc', '--eval', readiness], {
              periodSeconds: 20,
              timeoutSeconds: 10,
            }),
            liveness: tcpProbe('mongodb', { failureThreshold: 6 }),
          },
        },
        exporter: exporter({
          image: image('mongodb-exporter'),
          // Without these it exports little; it connects to this member alone by default.
          args: ['--collector.diagnosticdata', '--collector.replicasetstatus', '--collector.dbstats'],
          env: {
            MONGODB_URI: 'mongodb://127.0.0.1:27017/admin',
            MONGODB_USER: 'exporter',
            MONGODB_PASSWORD: mongodbUsers.exporter.secret.key('password'),
          },
        }),
      },
    });
  }

  private addInitiation() {
    const users = Object.entries(mongodbUsers).map(([name, user]) => ({
      name,
      ...user,
      password: `PASSWORD_OF_${name.toUpperCase()}`,
    }));
    new ConfigFiles(this, {
      name: 'mongodb-initiate',
      namespace: 'superagi-data',
      data: { 'initiate.js': initiateScript },
    });
    new Workload(this, {
      name: 'mongodb-initiate',
      namespace: 'superagi-data',
      controller: job({ deadline: Duration.minutes(45) }),
      user: mongodbUser,
      priority: 'orchestra-data',
      calls: [calls(this.workload.endpoint('mongodb'), 'initiates the replica set and keeps its users')],
      containers: {
        initiate: {
          image: image('mongodb'),
          command: ['mongosh', '--nodb', '--norc', '--quiet', '--file', '/scripts/initiate.js'],
          env: {
            HOME: '/tmp',
            MONGODB_HOSTS: this.hosts,
            MONGODB_REPLICA_SET: replicaSet,
            MONGODB_ROOT_PASSWORD: secrets.mongodbRoot.key('password'),
            MONGODB_USERS: JSON.stringify(users.map(({ name, roles, password }) => ({ name, roles, password }))),
            ...Object.fromEntries(users.map(({ password, secret }) => [password, secret.key('password')])),
          },
          resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(384) },
          mounts: { '/scripts': configFiles('mongodb-initiate'), '/tmp': scratch('tmp', Size.mebibytes(128)) },
        },
      },
    });
  }
}

/** At least what the engine takes, 0.25. */
function cacheGibibytes(memory: Size): string {
  return Math.max(0.25, (memory.toKibibytes() / 1024 ** 2) * cacheShare).toFixed(2);
}
