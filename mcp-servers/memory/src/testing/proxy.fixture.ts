/** Stands between the server and the memory service: sees each request, and can answer, hang or cut in its place. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Resolves when the caller has gone away before an answer. */
  readonly abandoned: Promise<void>;
}

export type Fault =
  | 'pass'
  | 'hang'
  | 'cut'
  | { readonly status: number; readonly code: string; readonly retryAfter?: string };

export interface Proxy {
  readonly url: string;
  readonly seen: Seen[];
  /** Decides on each request, by its number from 0. */
  fault: (request: Seen, number: number) => Fault;
  stop(): Promise<void>;
}

export async function startProxy(target: string): Promise<Proxy> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { promise: abandoned, resolve } = Promise.withResolvers<void>();
    response.on('close', () => {
      if (!response.writableFinished) resolve();
    });
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, abandoned };
    seen.push(one);
    const body = await buffer(request);
    const fault = proxy.fault(one, seen.length - 1);
    if (fault === 'hang') return;
    if (fault === 'cut') return request.socket.destroy();
    if (fault !== 'pass') {
      const { status, code, retryAfter } = fault;
      response.writeHead(status, {
        'content-type': 'application/problem+json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      });
      return response.end(JSON.stringify({ code, detail: 'said by the proxy' }));
    }
    const { host: _, connection: __, 'content-length': ___, ...sent } = headers as Record<string, string>;
    const answer = await fetch(`${target}${path}`, { method, headers: sent, ...(body.length > 0 && { body }) });
    const got = Buffer.from(await answer.arrayBuffer());
    const { 'content-length': ____, 'transfer-encoding': _____, ...back } = Object.fromEntries(answer.headers);
    return response.writeHead(answer.status, back).end(got);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    fault: () => 'pass',
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
