/** Weaviate: semantic memory, without expiry, and the service that turns texts into vectors. */
import { Cpu, Duration, Size } from '../environments/units.ts';
import { image } from './images.ts';
import { Application } from './lib/application.ts';
import { backupBucket, backupFolder } from './lib/backup-bucket.ts';
import { calls, callsGoogle } from './lib/calls.ts';
import { ConfigFiles } from './lib/config-map.ts';
import { type EnvValue, httpProbe, tcpProbe } from './lib/container.ts';
import { deployment, job, statefulSet } from './lib/controller.ts';
import type { System } from './lib/system.ts';
import { configFiles, disk, scratch } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import { secrets } from './secrets.ts';
import { weaviateRoles } from './weaviate/roles.ts';
import { rolesScript } from './weaviate/roles-script.ts';

/** The model inside the inference image. It can only be changed with every collection that was filled by it. */
export const embedding = { model: 'BAAI/bge-small-en-v1.5', dimensions: 384 } as const;

/** The StatefulSet's name: RAFT knows its nodes by it. */
const name = 'weaviate';

/** Share of the memory limit at which Go collects harder. */
const memoryShare = 0.85;

/** Weaviate, its inference service, and the Job that keeps its roles. */
export class Weaviate extends Application {
  readonly workload: Workload;
  readonly inference: Workload;

  constructor(system: System) {
    super(system, 'weaviate', import.meta.filename);
    this.inference = this.addInference();
    this.workload = this.addNodes();
    this.addRoles();
  }

  private addInference(): Workload {
    const { replicas, resources } = this.system.environment.weaviate.inference;
    return new Workload(this, {
      name: 'transformers-inference',
      namespace: 'superagi-data',
      controller: deployment({ replicas }),
      // Uncertain: the image runs as root unless told otherwise; what it serves is world-readable, and it writes nothing.
      user: 1000,
      priority: 'orchestra-service',
      listens: { http: { port: 8080 } },
      containers: {
        inference: {
          image: image('transformers-inference'),
          env: {
            ENABLE_CUDA: '0',
            // The model is in the image: nothing is to be looked up or fetched.
            HF_HUB_OFFLINE: '1',
            HF_HOME: '/tmp/huggingface',
            HOME: '/tmp',
            // PyTorch asks for the user's name, and this user has none in /etc/passwd.
            USER: 'inference',
            PYTHONDONTWRITEBYTECODE: '1',
          },
          resources,
          ports: ['http'],
          mounts: { '/tmp': scratch('tmp', Size.mebibytes(256)) },
          probes: {
            startup: httpProbe('/.well-known/ready', 'http', { failureThreshold: 30 }),
            readiness: httpProbe('/.well-known/ready', 'http'),
            // One worker: a long batch keeps it from answering HTTP, and must not end it.
            liveness: tcpProbe('http', { failureThreshold: 6 }),
          },
        },
      },
    });
  }

  private addNodes(): Workload {
    const { environment } = this.system;
    const { replicas, volume, resources } = environment.weaviate;
    const bucket = { kind: 'bucket', name: backupBucket(environment) } as const;
    return new Workload(this, {
      name,
      namespace: 'superagi-data',
      // The nodes elect a leader before any of them is ready.
      controller: statefulSet({ replicas, podManagement: 'Parallel' }),
      user: 1000,
      priority: 'orchestra-data',
      // It flushes what is in memory; weaviate-helm gives it as long.
      terminationGraceSeconds: 600,
      spread: 'require',
      listens: {
        http: { port: 8080, appProtocol: 'http' },
        grpc: { port: 50051, appProtocol: 'kubernetes.io/h2c' },
        metrics: { port: 2112, service: false, metrics: '/metrics' },
        gossip: { port: ports.gossip, service: false },
        'gossip-udp': { port: ports.gossip, protocol: 'UDP', service: false },
        data: { port: ports.data, service: false },
        raft: { port: ports.raft, service: false },
        'raft-rpc': { port: ports.raftRpc, service: false },
      },
      peers: ['gossip', 'gossip-udp', 'data', 'raft', 'raft-rpc'],
      calls: [
        calls(this.inference.endpoint('http'), 'vectors of texts and questions'),
        callsGoogle('backups to Cloud Storage'),
      ],
      cloudRoles: [
        { role: 'roles/storage.objectUser', resource: bucket, why: 'backups' },
        // backup-gcs asks for the bucket itself at every call; without buckets.get it fails with 403.
        { role: 'roles/storage.legacyBucketReader', resource: bucket, why: 'backups' },
      ],
      disks: { data: { size: volume, storageClass: 'orchestra-ssd' } },
      containers: {
        weaviate: {
          image: image('weaviate'),
          env: {
            PERSISTENCE_DATA_PATH: '/var/lib/weaviate',
            GOMEMLIMIT: `${Math.floor((resources.memory.toKibibytes() / 1024) * memoryShare)}MiB`,
            AUTOSCHEMA_ENABLED: 'false',
            // It calls the vendor otherwise.
            DISABLE_TELEMETRY: 'true',
            ...clusterVariables(replicas),
            ...accessVariables,
            ENABLE_MODULES: 'text2vec-transformers,backup-gcs',
            DEFAULT_VECTORIZER_MODULE: 'text2vec-transformers',
            TRANSFORMERS_INFERENCE_API: `http://${this.inference.endpoint('http').address}`,
            BACKUP_GCS_BUCKET: bucket.name,
            BACKUP_GCS_PATH: backupFolder(this.system.cluster, 'weaviate'),
            GOOGLE_CLOUD_PROJECT: environment.googleCloud.projectId,
            PROMETHEUS_MONITORING_ENABLED: 'true',
            PROMETHEUS_MONITORING_PORT: '2112',
            // One series for all collections, however many there are.
            PROMETHEUS_MONITORING_GROUP: 'true',
          },
          resources,
          ports: ['http', 'grpc', 'metrics', 'gossip', 'gossip-udp', 'data', 'raft', 'raft-rpc'],
          // Uncertain: whether it writes to /tmp at all; weaviate-helm lists a read-only root as valid.
          mounts: { '/var/lib/weaviate': disk('data'), '/tmp': scratch('tmp', Size.mebibytes(256)) },
          probes: {
            // Longer than RAFT_BOOTSTRAP_TIMEOUT.
            startup: httpProbe('/v1/.well-known/live', 'http', { failureThreshold: 90 }),
            readiness: httpProbe('/v1/.well-known/ready', 'http'),
            liveness: httpProbe('/v1/.well-known/live', 'http', { failureThreshold: 6 }),
          },
        },
      },
    });
  }

  private addRoles() {
    const http = this.workload.endpoint('http');
    new ConfigFiles(this, {
      name: 'weaviate-roles',
      namespace: 'superagi-data',
      data: { 'roles.py': rolesScript, 'roles.json': `${JSON.stringify(weaviateRoles, null, 2)}\n` },
    });
    new Workload(this, {
      name: 'weaviate-roles',
      namespace: 'superagi-data',
      controller: job({ deadline: Duration.minutes(15) }),
      user: 65_532,
      priority: 'orchestra-data',
      calls: [calls(http, 'keeps the roles of its users')],
      containers: {
        roles: {
          image: image('google-cloud-cli'),
          // The image has the Python that gcloud brings, and no other on amd64.
          command: ['sh', '-c', 'exec "$(command -v python3 || echo "$BUNDLED_PYTHON")" /scripts/roles.py'],
          env: {
            BUNDLED_PYTHON: '/usr/lib/google-cloud-sdk/platform/bundledpythonunix/bin/python3',
            PYTHONDONTWRITEBYTECODE: '1',
            WEAVIATE_URL: `http://${http.address}`,
            WEAVIATE_ADMIN_KEY: secrets.weaviate.key('admin-key'),
            ROLES_FILE: '/scripts/roles.json',
          },
          resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(128) },
          mounts: { '/scripts': configFiles('weaviate-roles') },
        },
      },
    });
  }
}

/** Ports between the nodes; gossip and data as weaviate-helm has them. */
const ports = { gossip: 7000, data: 7001, raft: 8300, raftRpc: 8301 } as const;

/** How the nodes find and trust each other. */
function clusterVariables(replicas: number): Record<string, EnvValue> {
  // As many voters as weaviate-helm takes: three where there are as many, else one.
  const voters = Array.from({ length: replicas >= 3 ? 3 : 1 }, (_, index) => `${name}-${index}`);
  return {
    // RAFT's id of the node: it must survive the pod.
    CLUSTER_HOSTNAME: { field: 'metadata.name' },
    CLUSTER_GOSSIP_BIND_PORT: String(ports.gossip),
    CLUSTER_DATA_BIND_PORT: String(ports.data),
    RAFT_PORT: String(ports.raft),
    RAFT_INTERNAL_RPC_PORT: String(ports.raftRpc),
    RAFT_JOIN: voters.join(','),
    RAFT_BOOTSTRAP_EXPECT: String(voters.length),
    RAFT_BOOTSTRAP_TIMEOUT: '600',
    ...(replicas > 1 && { CLUSTER_JOIN: `${name}-headless.superagi-data.svc.cluster.local` }),
    CLUSTER_BASIC_AUTH_USERNAME: 'weaviate',
    CLUSTER_BASIC_AUTH_PASSWORD: secrets.weaviateCluster.key('password'),
  };
}

/** Three users by API key, root for one of them. The keys come first: Kubernetes expands only what stands before. */
const accessVariables: Readonly<Record<string, EnvValue>> = {
  KEY_OF_ADMIN: secrets.weaviate.key('admin-key'),
  KEY_OF_MEMORY: secrets.weaviate.key('memory-key'),
  KEY_OF_MCP: secrets.weaviate.key('mcp-key'),
  AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
  AUTHENTICATION_APIKEY_ENABLED: 'true',
  AUTHENTICATION_APIKEY_USERS: 'admin,memory,mcp',
  AUTHENTICATION_APIKEY_ALLOWED_KEYS: '$(KEY_OF_ADMIN),$(KEY_OF_MEMORY),$(KEY_OF_MCP)',
  AUTHORIZATION_RBAC_ENABLED: 'true',
  AUTHORIZATION_RBAC_ROOT_USERS: 'admin',
};
