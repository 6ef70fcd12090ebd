/** A proxy that lets nothing through: what asks it wanted to leave the machine. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Trap {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What was refused: `CONNECT sts.googleapis.com:443`, `GET http://example.com/`. */
  readonly leaks: readonly string[];
  clear(): void;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** @param served takes the connections to these hosts (`billingbudgets.googleapis.com:443`) instead */
export async function startTrap(served: ReadonlyMap<string, (socket: Socket) => void>): Promise<Trap> {
  const leaks: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    leaks.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(502, { 'content-type': 'text/plain' }).end('nothing leaves this machine\n');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket) => {
    const own = served.get(request.url ?? '');
    if (own === undefined) {
      leaks.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n', () => own(socket as Socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leaks,
    clear: () => {
      leaks.length = 0;
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
