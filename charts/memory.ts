/** The memory service: one API over DragonflyDB, MongoDB, Firestore and Weaviate. */
import { memoryConfig } from '@ai-orchestra/memory/config';
import { Size } from '../environments/units.ts';
import { ownImage } from './images.ts';
import { Application } from './lib/application.ts';
import { calls, callsGoogle } from './lib/calls.ts';
import { audiences, serviceAccountTenants, tokenIssuer } from './lib/cluster-identity.ts';
import { httpProbe } from './lib/container.ts';
import { deployment } from './lib/controller.ts';
import { serviceVariables } from './lib/service-variables.ts';
import type { System } from './lib/system.ts';
import { scratch } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import type { MongoDb } from './mongodb.ts';
import { memoryDatabase, replicaSet } from './mongodb.ts';
import { secrets } from './secrets.ts';
import type { Weaviate } from './weaviate.ts';
import { embedding } from './weaviate.ts';

/** The user that our own images run as: `nonroot` of the distroless images. */
export const ownUser = 65_532;

/** Tenant of SuperAGI's agents. */
export const superagiTenant = 'superagi';

/** Collection of the semantic tier, in Weaviate. */
export const memoryCollection = 'Memory';

/** Stores that the service works on. */
export interface MemoryProps {
  readonly dragonfly: Workload;
  readonly mongodb: MongoDb;
  readonly weaviate: Weaviate;
}

export class Memory extends Application {
  readonly workload: Workload;

  constructor(system: System, { dragonfly, mongodb, weaviate }: MemoryProps) {
    super(system, 'memory', import.meta.filename);
    const { cluster } = system;
    const { memory, googleCloud } = system.environment;
    const redis = dragonfly.endpoint('redis');
    const mongo = mongodb.workload.endpoint('mongodb');
    const [http, grpc] = [weaviate.workload.endpoint('http'), weaviate.workload.endpoint('grpc')];
    const inference = weaviate.inference.endpoint('http');
    const { short, mid, long } = memory.ttl;
    this.workload = new Workload(this, {
      name: 'memory',
      namespace: 'superagi',
      controller: deployment({
        replicas: memory.replicas,
        autoscale: { maxReplicas: memory.maxReplicas, cpuTarget: memory.cpuTarget },
      }),
      user: ownUser,
      priority: 'orchestra-service',
      // Twenty seconds in which callers still find the pod, and twenty to finish what was begun.
      terminationGraceSeconds: 60,
      listens: {
        http: { port: 8080, appProtocol: 'http' },
        metrics: { port: 9090, service: false, metrics: '/metrics' },
      },
      calls: [
        calls(redis, 'short-term memory'),
        calls(mongo, 'mid-term memory'),
        calls(http, 'semantic memory'),
        calls(grpc, 'semantic memory: searches and batches'),
        calls(inference, 'embeddings'),
        callsGoogle('long-term memory in Firestore; keys of the cluster that sign tokens'),
      ],
      cloudRoles: [
        {
          role: 'roles/datastore.user',
          resource: { kind: 'firestore', database: memory.firestoreDatabase },
          why: 'long-term memory',
        },
      ],
      containers: {
        memory: {
          image: ownImage(cluster, 'memory'),
          env: serviceVariables('memory', memoryConfig, {
            MEMORY_HTTP_HOST: '0.0.0.0',
            MEMORY_HTTP_PORT: '8080',
            MEMORY_METRICS_PORT: '9090',
            MEMORY_DRAIN_SECONDS: '20',
            MEMORY_EXPLORER: 'read-only',
            MEMORY_STORE: 'tiers',
            MEMORY_SHORT_TTL_SECONDS: String(short.toSeconds()),
            MEMORY_MID_TTL_SECONDS: String(mid.toSeconds()),
            MEMORY_LONG_TTL_SECONDS: long === 'permanent' ? long : String(long.toSeconds()),
            DRAGONFLY_HOST: redis.host,
            DRAGONFLY_PORT: String(redis.port),
            DRAGONFLY_PASSWORD: secrets.dragonfly.key('password'),
            MONGODB_HOSTS: mongo.podAddresses.join(','),
            MONGODB_REPLICA_SET: replicaSet,
            MONGODB_DATABASE: memoryDatabase,
            MONGODB_USER: 'memory',
            MONGODB_PASSWORD: secrets.mongodbMemory.key('password'),
            FIRESTORE_PROJECT: googleCloud.projectId,
            FIRESTORE_DATABASE: memory.firestoreDatabase,
            WEAVIATE_HTTP_HOST: http.host,
            WEAVIATE_HTTP_PORT: String(http.port),
            WEAVIATE_GRPC_PORT: String(grpc.port),
            WEAVIATE_API_KEY: secrets.weaviate.key('memory-key'),
            WEAVIATE_COLLECTION: memoryCollection,
            MEMORY_EMBEDDER: 'transformers',
            MEMORY_EMBEDDER_URL: `http://${inference.address}`,
            MEMORY_EMBEDDER_MODEL: embedding.model,
            MEMORY_EMBEDDER_DIMENSIONS: String(embedding.dimensions),
            MEMORY_AUTHENTICATION: 'oidc',
            MEMORY_OIDC_ISSUER: tokenIssuer(cluster),
            MEMORY_OIDC_AUDIENCE: audiences.memory,
            MEMORY_SERVICE_ACCOUNTS: serviceAccountTenants({
              'superagi/superagi': superagiTenant,
              'superagi/superagi-worker': superagiTenant,
              // It acts for its own callers, whose tenant it knows from their tokens.
              'superagi/mcp-memory': '*',
            }),
            MEMORY_SIGNING_KEY: secrets.memory.key('signing-key'),
          }),
          resources: memory.resources,
          drainSeconds: 20,
          ports: ['http', 'metrics'],
          mounts: { '/tmp': scratch('tmp', Size.mebibytes(64)) },
          probes: {
            startup: httpProbe('/health/live', 'http', { periodSeconds: 2, failureThreshold: 30 }),
            readiness: httpProbe('/health/ready', 'http'),
            // Alive with every store down: a restart would not bring a store back.
            liveness: httpProbe('/health/live', 'http'),
          },
        },
      },
    });
  }
}
