import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './port.ts';

/** What stands between a client and a server, and makes the way between them slow or cuts it. */
export interface TcpProxy {
  /** On 127.0.0.1; the same as long as it lives. */
  readonly port: number;
  /** Milliseconds by which what the server says comes later, in its order. 0: as fast as it can. */
  delay: number;
  /** Resets all connections and refuses new ones. Idempotent. */
  cut(): Promise<void>;
  /** Lets connections through again. Idempotent. */
  mend(): Promise<void>;
  /** Ends it with all connections. Idempotent. */
  stop(): Promise<void>;
}

/** Passes on every byte to a port of 127.0.0.1 and back. */
export async function startProxy(target: number): Promise<TcpProxy> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const proxy: TcpProxy = {
    port,
    delay: 0,
    async cut() {
      const closing = server;
      server = undefined;
      closing?.close();
      for (const socket of sockets) socket.resetAndDestroy();
      if (closing?.listening) await once(closing, 'close');
    },
    async mend() {
      if (server !== undefined) return;
      server = createServer({ noDelay: true, allowHalfOpen: true }, pass);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: () => proxy.cut(),
  };

  function pass(client: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true, allowHalfOpen: true });
    let said: Promise<unknown> = Promise.resolve();
    const later = (act: () => void) => {
      const due = performance.now() + proxy.delay;
      said = said.then(() => {
        const left = due - performance.now();
        return left > 0 ? sleep(left) : undefined;
      });
      said = said.then(act);
    };
    upstream.on('data', (chunk) => later(() => client.writable && client.write(chunk)));
    upstream.on('end', () => later(() => client.end()));
    client.pipe(upstream);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // An end without a goodbye reaches the other side as one.
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        sockets.delete(socket);
        if (socket === client) upstream.destroy();
      });
    }
  }

  await proxy.mend();
  return proxy;
}
