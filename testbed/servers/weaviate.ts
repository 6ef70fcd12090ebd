import { answersOk } from '../process/answers.ts';
import { type Durable, durable } from '../process/durable.ts';
import { freePort } from '../process/port.ts';
import { createServerFolder, startServer } from '../process/server.ts';
import { goProgram } from '../provide/go.ts';
import { provide } from '../provide/provide.ts';

export const weaviate = goProgram({
  name: 'weaviate',
  family: 'weaviate',
  module: 'github.com/weaviate/weaviate',
  package: 'github.com/weaviate/weaviate/cmd/weaviate-server',
  image: { reference: 'cr.weaviate.io/semitechnologies/weaviate:{version}', program: '/bin/weaviate' },
});

export interface WeaviateOptions {
  /** The key that clients must send, and that may do everything. Default: anonymous clients may. */
  readonly apiKey?: string;
  /** Address of an inference service (`startEmbeddings().url`) for the module text2vec-transformers. Default: no module. */
  readonly inferenceUrl?: string;
}

export interface Weaviate extends Durable {
  /** `http://127.0.0.1:<port>`: REST and GraphQL. */
  readonly url: string;
  readonly port: number;
  /** Port of gRPC on 127.0.0.1, in plain text. */
  readonly grpcPort: number;
}

function access(apiKey: string | undefined): Readonly<Record<string, string>> {
  if (apiKey === undefined) return { AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true' };
  return {
    AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
    AUTHENTICATION_APIKEY_ENABLED: 'true',
    AUTHENTICATION_APIKEY_ALLOWED_KEYS: apiKey,
    AUTHENTICATION_APIKEY_USERS: 'administrator',
  };
}

/**
 * An empty Weaviate of one node, which keeps its data over `shutDown()` and `restart()`. Over `kill()` it keeps every object, but
 * for good loses from the vector index what it had not written yet, some seconds of it (seen with 1.35.2). The ports of gRPC and of the other nodes listen on all
 * addresses, as Weaviate has no setting for them; the rest on 127.0.0.1. Throws NotProvided or ServerNotStarted.
 */
export async function startWeaviate({ apiKey, inferenceUrl }: WeaviateOptions = {}): Promise<Weaviate> {
  const { path: command } = await provide(weaviate);
  const [port, grpcPort] = [await freePort(), await freePort()];
  const [gossip, transfer, raft, raftCalls] = await Promise.all(Array.from({ length: 4 }, freePort));
  const url = `http://127.0.0.1:${port}`;
  const server = await durable('weaviate', async (data) =>
    startServer({
      name: 'weaviate',
      command,
      args: ['--host', '127.0.0.1', '--port', String(port), '--scheme', 'http'],
      env: {
        PERSISTENCE_DATA_PATH: data,
        GRPC_PORT: String(grpcPort),
        // Without it Weaviate takes the first address of the machine, and ends when that is of IPv6.
        CLUSTER_ADVERTISE_ADDR: '127.0.0.1',
        CLUSTER_BIND_ADDR: '127.0.0.1',
        CLUSTER_HOSTNAME: 'node1',
        CLUSTER_GOSSIP_BIND_PORT: String(gossip),
        CLUSTER_DATA_BIND_PORT: String(transfer),
        RAFT_PORT: String(raft),
        RAFT_INTERNAL_RPC_PORT: String(raftCalls),
        RAFT_BOOTSTRAP_EXPECT: '1',
        // Default 5: after a restart one node waits 5 s and more for others to vote.
        RAFT_TIMEOUTS_MULTIPLIER: '1',
        GO_PROFILING_DISABLE: 'true',
        DISABLE_TELEMETRY: 'true',
        LOG_LEVEL: 'warning',
        DEFAULT_VECTORIZER_MODULE: 'none',
        ...(inferenceUrl === undefined
          ? { ENABLE_MODULES: '' }
          : { ENABLE_MODULES: 'text2vec-transformers', TRANSFORMERS_INFERENCE_API: inferenceUrl }),
        ...access(apiKey),
      },
      folder: await createServerFolder('weaviate'),
      ready: () => answersOk(`${url}/v1/.well-known/ready`),
    }),
  );
  return Object.assign(server, { url, port, grpcPort });
}
