/** How a service of the cluster is reached from here: through the API server, or at an address that the user names. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { ProgramFailed } from './program.ts';

export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface Way {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a way to a service. @throws {ProgramFailed} */
export type Reach = (service: Service) => Promise<Way>;

/** Longest wait for kubectl to say that it forwards. */
const PATIENCE = 30_000;

/**
 * kubectl port-forward. Servers that heed the name they are called by get the name of the Service: between, a listener on this
 * machine sets it.
 * @param environment variables that kubectl runs with, KUBECONFIG among them
 */
export function portForward(environment: NodeJS.ProcessEnv): Reach {
  return async ({ namespace, name, port }) => {
    const args = ['port-forward', '--namespace', namespace, `service/${name}`, `:${port}`, '--address', '127.0.0.1'];
    const child = spawn('kubectl', args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const stop = () => void child.kill('SIGTERM');
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const timer = setTimeout(() => {
      said ||= `did not forward within ${PATIENCE / 1000} s`;
      stop();
    }, PATIENCE);
    createInterface(child.stdout).on('line', (line) => {
      const [, local] = /^Forwarding from 127\.0\.0\.1:(\d+) /.exec(line) ?? [];
      if (local) resolve(Number(local));
    });
    const command = ['kubectl', ...args].join(' ');
    child.on('error', (error) => reject(new ProgramFailed(command, error.message)));
    child.on('close', (code) => reject(new ProgramFailed(command, said.trim() || `ended with exit code ${code}`)));
    try {
      const door = await namedDoor(await promise, `${name}.${namespace}.svc`);
      return {
        url: door.url,
        close: async () => {
          stop();
          await door.close();
        },
      };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Listens on this machine, and passes each request on to a port of it under another name. */
export async function namedDoor(port: number, host: string): Promise<Way> {
  const server = createServer((given, answer) => {
    const { method, url: path, headers } = given;
    const passed = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    passed.on('error', (error) => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end(error.message)));
    // What was given up here is given up there.
    answer.on('close', () => passed.destroy());
    given.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Addresses that the user named stand for themselves; for the others, another way. */
export const withAddresses =
  (addresses: Readonly<Record<string, string>>, otherwise: Reach): Reach =>
  async (service) => {
    const url = addresses[service.name];
    return url === undefined ? otherwise(service) : { url: url.replace(/\/$/, ''), close: async () => {} };
  };
