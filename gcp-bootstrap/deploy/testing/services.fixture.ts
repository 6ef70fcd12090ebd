/**
 * What the pods of a cluster would run, as processes of this machine: the real memory service and MCP servers, on real databases. They
 * let in whom the cluster's API server vouches for, as pods do. SuperAGI alone is a stand-in: one route, with its answer.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { parse } from 'yaml';
import { answersOk } from '../../../testbed/process/answers.ts';
import { freePort } from '../../../testbed/process/port.ts';
import { createServerFolder, startServer } from '../../../testbed/process/server.ts';
import { removeFolder } from '../../../testbed/process/supervisor.ts';
import type { Access } from '../../../testbed/servers/kubernetes/credentials.ts';
import { startLogin } from '../../../testbed/servers/mongodb/login.ts';
import { startMongoDb } from '../../../testbed/servers/mongodb/mongodb.ts';
import { startWeaviate } from '../../../testbed/servers/weaviate.ts';
import { root } from '../../../testing/clusters.ts';

export interface Services {
  /** Base URL of each, by the name of its Service. */
  readonly addresses: Readonly<Record<string, string>>;
  /** As `--address` takes them. */
  readonly address: string;
  /** What SuperAGI says that it runs as. */
  superagiMode: string;
  /** Ends one of them. */
  end(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The MCP server of the memory is the account `default/default` here: it begins before anything is in the cluster. */
export async function startServices(kubernetes: Access & { readonly kubeconfigFile: string }): Promise<Services> {
  const folder = await createServerFolder('deploy-services');
  const stops: (() => Promise<void>)[] = [() => removeFolder(folder)];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  const ends = new Map<string, () => Promise<void>>();
  const addresses: Record<string, string> = {};
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const policyOf = (name: string) => {
    const text = readFileSync(join(root, `dist/dev/mcp-servers/ConfigMap-${name}-policy.yaml`), 'utf8');
    return file(`${name}.yaml`, (parse(text) as { data: Record<string, string> }).data['policy.yaml'] ?? '');
  };
  const begin = async (name: string, main: string, variables: Readonly<Record<string, string>>, port: number) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      name,
      command: process.execPath,
      args: [join(root, main)],
      env: variables,
      folder: await createServerFolder(name),
      ready: () => answersOk(`${url}/health/live`),
    });
    stops.push(server.stop);
    ends.set(name, server.stop);
    addresses[name] = url;
    return url;
  };
  try {
    const keys = await served({ '/keys': await issuerKeys(kubernetes) });
    stops.push(keys.stop);
    const accounts = 'superagi/superagi=superagi,default/default=*';
    const signingKey = 'a key of this test that is long enough';

    const memoryPort = await freePort();
    const memoryUrl = await begin(
      'memory',
      'memory/src/main.ts',
      {
        MEMORY_HTTP_PORT: String(memoryPort),
        MEMORY_SQLITE_PATH: join(folder, 'memory.sqlite'),
        MEMORY_AUTHENTICATION: 'oidc',
        MEMORY_OIDC_ISSUER: kubernetes.url,
        MEMORY_OIDC_JWKS_URL: `${keys.url}/keys`,
        MEMORY_SERVICE_ACCOUNTS: accounts,
        MEMORY_SIGNING_KEY: signingKey,
      },
      memoryPort,
    );
    const mcp = async (name: string, variables: Readonly<Record<string, string>>) => {
      const port = await freePort();
      const shared = {
        MCP_TRANSPORT: 'http',
        MCP_HTTP_PORT: String(port),
        MCP_AUTHENTICATION: 'kubernetes',
        MCP_ISSUER: kubernetes.url,
        MCP_JWKS_URL: `${keys.url}/keys`,
        MCP_SERVICE_ACCOUNTS: accounts,
        MCP_CURSOR_KEY: signingKey,
      };
      return begin(`mcp-${name}`, `mcp-servers/${name}/src/main.ts`, { ...shared, ...variables }, port);
    };
    const mongodb = await startMongoDb();
    stops.push(mongodb.stop);
    const user = { user: 'mcp', password: 'password of the test' };
    const login = await startLogin(Number(new URL(mongodb.url).port), user);
    stops.push(login.stop);
    await mcp('mongodb', {
      MONGODB_HOSTS: `127.0.0.1:${login.port}`,
      MONGODB_DATABASE: 'agents',
      MONGODB_USER: user.user,
      MONGODB_PASSWORD: user.password,
      MCP_POLICY_FILE: policyOf('mcp-mongodb'),
    });
    const apiKey = 'key-of-the-test';
    const weaviate = await startWeaviate({ apiKey });
    stops.push(weaviate.stop);
    await mcp('weaviate', {
      WEAVIATE_HTTP_HOST: '127.0.0.1',
      WEAVIATE_HTTP_PORT: String(weaviate.port),
      WEAVIATE_GRPC_PORT: String(weaviate.grpcPort),
      WEAVIATE_API_KEY: apiKey,
      MCP_POLICY_FILE: policyOf('mcp-weaviate'),
    });
    const own = memoryToken(kubernetes.kubeconfigFile);
    await mcp('memory', { MEMORY_URL: memoryUrl, MEMORY_TOKEN_FILE: file('mcp-memory-token', own) });

    const superagi = await served({ '/configs/get/env': () => ({ env: services.superagiMode }) });
    stops.push(superagi.stop);
    ends.set('superagi', superagi.stop);
    addresses.superagi = superagi.url;

    const services: Services = {
      addresses,
      address: Object.entries(addresses)
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
      superagiMode: 'PROD',
      end: async (name) => ends.get(name)?.(),
      stop,
    };
    return services;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Answers GET of each path with JSON, and of others with 404. */
async function served(routes: Readonly<Record<string, unknown>>) {
  const server = createServer(({ url = '' }, response) => {
    const answer = routes[url];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(typeof answer === 'function' ? answer() : (answer ?? {})));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the API server signs tokens with: it gives them to those who do not insist on application/json. */
async function issuerKeys({ url, caFile, token }: Access): Promise<unknown> {
  const ca = readFileSync(caFile);
  const asked = get(`${url}/openid/v1/jwks`, { ca, headers: { authorization: `Bearer ${token}` } });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return json(answer);
}

/** A token as a pod of the account has it. */
function memoryToken(kubeconfig: string): string {
  const args = ['create', 'token', 'default', '--namespace=default', '--audience=memory'];
  const environment = { ...process.env, KUBECONFIG: kubeconfig };
  const { status, stdout, stderr } = spawnSync('kubectl', args, { encoding: 'utf8', env: environment });
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}
