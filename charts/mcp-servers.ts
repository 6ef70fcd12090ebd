/** The MCP servers: plain questions in, exact and safe queries out. */
import type { EnvironmentSchema } from '@ai-orchestra/configuration';
import { memoryServerConfig } from '@ai-orchestra/mcp-memory/config';
import { mongodbServerConfig } from '@ai-orchestra/mcp-mongodb/config';
import { weaviateServerConfig } from '@ai-orchestra/mcp-weaviate/config';
import type { OwnImage } from '../environments/releases.ts';
import { Size } from '../environments/units.ts';
import { ownImage } from './images.ts';
import { Application } from './lib/application.ts';
import { calls, callsGoogle, callsInternet } from './lib/calls.ts';
import { audiences, serviceAccountTenants, tokenFolder, tokenIssuer } from './lib/cluster-identity.ts';
import { ConfigFiles } from './lib/config-map.ts';
import { httpProbe } from './lib/container.ts';
import { deployment } from './lib/controller.ts';
import type { SecretKey } from './lib/secret.ts';
import { serviceVariables } from './lib/service-variables.ts';
import type { System } from './lib/system.ts';
import { configFiles, type Mount, scratch, serviceAccountToken } from './lib/volume.ts';
import { type Call, Workload } from './lib/workload.ts';
import { memoryCollection, ownUser, superagiTenant } from './memory.ts';
import type { MongoDb } from './mongodb.ts';
import { agentsDatabase, replicaSet } from './mongodb.ts';
import { secrets } from './secrets.ts';
import type { Weaviate } from './weaviate.ts';

/** What the servers read from. */
export interface McpServersProps {
  readonly mongodb: MongoDb;
  readonly weaviate: Weaviate;
  readonly memory: Workload;
}

/** What one server has that the others have not. */
interface ServerProps {
  readonly name: OwnImage & `mcp-${string}`;
  readonly schema: EnvironmentSchema;
  readonly variables: Readonly<Record<string, string | SecretKey>>;
  readonly calls: readonly Call[];
  readonly mounts?: Readonly<Record<string, Mount>>;
  /** Tenant of further ServiceAccounts that may call it; `*` names the tenant itself. @default SuperAGI's alone may call */
  readonly accounts?: Readonly<Record<string, string>>;
}

/** For retrieve_context: it names its caller's tenant, with its own token; no caller's is passed on. */
const federating = { 'superagi/mcp-memory': '*' };

const policyFolder = '/etc/orchestra/policy';
const everything = 'version: 1\ncollections:\n  "*":\n    read: true\n';
/** The memory service's own collection is read through it alone: there, subjects and what was forgotten are heeded. */
const exceptMemories = `${everything}  ${memoryCollection}:\n    read: false\n`;

export class McpServers extends Application {
  readonly mongodb: Workload;
  readonly weaviate: Workload;
  readonly memory: Workload;

  constructor(system: System, props: McpServersProps) {
    super(system, 'mcp-servers', import.meta.filename);
    this.mongodb = this.addMongodb(props.mongodb.workload);
    this.weaviate = this.addWeaviate(props.weaviate.workload);
    this.memory = this.addMemory(props.memory);
  }

  private addMongodb(mongodb: Workload): Workload {
    const { model } = this.system.environment.mcp;
    const endpoint = mongodb.endpoint('mongodb');
    return this.addServer({
      name: 'mcp-mongodb',
      schema: mongodbServerConfig,
      calls: [
        calls(endpoint, 'the data that questions are about'),
        ...(model.enabled
          ? [callsInternet('a model may propose a plan for a question that the parser could not read')]
          : []),
      ],
      variables: {
        MONGODB_HOSTS: endpoint.podAddresses.join(','),
        MONGODB_REPLICA_SET: replicaSet,
        MONGODB_DATABASE: agentsDatabase,
        MONGODB_USER: 'mcp',
        MONGODB_PASSWORD: secrets.mongodbMcp.key('password'),
        ...(model.enabled && { MCP_MODEL: model.name, OPENROUTER_API_KEY: secrets.openrouter.key('api-key') }),
        ...this.policy('mcp-mongodb', everything),
      },
      mounts: { [policyFolder]: configFiles('mcp-mongodb-policy') },
      accounts: federating,
    });
  }

  private addWeaviate(weaviate: Workload): Workload {
    const [http, grpc] = [weaviate.endpoint('http'), weaviate.endpoint('grpc')];
    return this.addServer({
      name: 'mcp-weaviate',
      schema: weaviateServerConfig,
      calls: [calls(http, 'collections and objects'), calls(grpc, 'searches')],
      variables: {
        WEAVIATE_HTTP_HOST: http.host,
        WEAVIATE_HTTP_PORT: String(http.port),
        WEAVIATE_GRPC_PORT: String(grpc.port),
        WEAVIATE_API_KEY: secrets.weaviate.key('mcp-key'),
        ...this.policy('mcp-weaviate', exceptMemories),
      },
      mounts: { [policyFolder]: configFiles('mcp-weaviate-policy') },
      accounts: federating,
    });
  }

  private addMemory(memory: Workload): Workload {
    const http = memory.endpoint('http');
    const [facts, documents] = [this.mongodb.endpoint('http'), this.weaviate.endpoint('http')];
    return this.addServer({
      name: 'mcp-memory',
      schema: memoryServerConfig,
      calls: [
        calls(http, 'memories'),
        calls(facts, 'facts for retrieve_context'),
        calls(documents, 'documents for retrieve_context'),
      ],
      variables: {
        MEMORY_URL: `http://${http.address}`,
        MEMORY_TOKEN_FILE: `${tokenFolder('memory')}/token`,
        MCP_MONGODB_URL: `http://${facts.address}/mcp`,
        MCP_WEAVIATE_URL: `http://${documents.address}/mcp`,
        MCP_FEDERATION_TOKEN_FILE: `${tokenFolder('mcp')}/token`,
      },
      mounts: {
        [tokenFolder('memory')]: serviceAccountToken(audiences.memory),
        [tokenFolder('mcp')]: serviceAccountToken(audiences.mcp),
      },
    });
  }

  /** The policy of a server, as a file. What looks like a secret may never be read. */
  private policy(server: string, policy: string): { readonly MCP_POLICY_FILE: string } {
    new ConfigFiles(this, {
      name: `${server}-policy`,
      namespace: 'superagi',
      data: { 'policy.yaml': policy },
    });
    return { MCP_POLICY_FILE: `${policyFolder}/policy.yaml` };
  }

  private addServer({ name, schema, variables, calls: own, mounts, accounts }: ServerProps): Workload {
    const { cluster } = this.system;
    const { mcp } = this.system.environment;
    return new Workload(this, {
      name,
      namespace: 'superagi',
      controller: deployment({
        replicas: mcp.replicas,
        autoscale: { maxReplicas: mcp.maxReplicas, cpuTarget: mcp.cpuTarget },
      }),
      user: ownUser,
      priority: 'orchestra-service',
      terminationGraceSeconds: 60,
      listens: {
        http: { port: 8080, appProtocol: 'http' },
        metrics: { port: 9090, service: false, metrics: '/metrics' },
      },
      calls: [...own, callsGoogle('keys of the cluster that sign tokens')],
      containers: {
        [name]: {
          image: ownImage(cluster, name),
          env: serviceVariables(name, schema, {
            MCP_TRANSPORT: 'http',
            MCP_HTTP_HOST: '0.0.0.0',
            MCP_HTTP_PORT: '8080',
            MCP_METRICS_PORT: '9090',
            MCP_ALLOWED_HOSTS: [
              name,
              `${name}.superagi`,
              `${name}.superagi.svc`,
              `${name}.superagi.svc.cluster.local`,
            ].join(','),
            MCP_AUTHENTICATION: 'kubernetes',
            MCP_ISSUER: tokenIssuer(cluster),
            MCP_AUDIENCE: audiences.mcp,
            MCP_SERVICE_ACCOUNTS: serviceAccountTenants({
              'superagi/superagi': superagiTenant,
              'superagi/superagi-worker': superagiTenant,
              ...accounts,
            }),
            MCP_CURSOR_KEY: secrets.mcpCursor.key('key'),
            ...variables,
          }),
          resources: mcp.resources,
          drainSeconds: 20,
          ports: ['http', 'metrics'],
          mounts: { '/tmp': scratch('tmp', Size.mebibytes(64)), ...mounts },
          probes: {
            startup: httpProbe('/health/live', 'http', { periodSeconds: 2, failureThreshold: 30 }),
            readiness: httpProbe('/health/ready', 'http'),
            liveness: httpProbe('/health/live', 'http', { failureThreshold: 6 }),
          },
        },
      },
    });
  }
}
