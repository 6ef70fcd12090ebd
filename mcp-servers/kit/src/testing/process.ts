import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';

/** A server in a process of its own. */
export interface ServerProcess {
  /** Of the endpoint. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything that it wrote to stderr so far. */
  told(): string;
  /** Resolves when a line of stderr has these words. */
  says(words: string): Promise<void>;
  /** Resolves with its exit code. */
  readonly exit: Promise<number | null>;
}

/** Starts `main` over HTTP on a free port, and resolves when it listens. */
export async function startProcess(
  main: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort();
  const env = {
    ...process.env,
    MCP_TRANSPORT: 'http',
    MCP_HTTP_PORT: String(port),
    MCP_AUDIT_LOG: 'off',
    ...environment,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const says = (words: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (told.includes(words)) resolve();
    };
    child.stderr?.on('data', look);
    void exit.then(() => {
      look();
      reject(new Error(`It ended without "${words}":\n${told}`));
    });
    look();
    return promise.finally(() => child.stderr?.off('data', look));
  };
  await says('listens on');
  return { url: `http://127.0.0.1:${port}/mcp`, child, told: () => told, says, exit };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
