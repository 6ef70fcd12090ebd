import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMcpHandler,
  isJSONRPCResponse,
  type McpRequestContext,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Limits } from '../limits/limits.ts';
import { limitKey } from '../limits/limits.ts';
import type { AskBack } from '../protocol/ask-back.ts';
import type { NewServer } from '../protocol/server.ts';
import { type Surface, scopeOf } from '../protocol/surface.ts';
import { type Log, told } from '../telemetry/log.ts';
import type { Observer } from '../telemetry/observer.ts';
import type { Caller } from '../tools/tool.ts';
import { Refused, sendJson, sendRefused } from './answers.ts';
import { readJson } from './body.ts';
import { exchange } from './exchange.ts';
import { type Ready, readiness } from './health.ts';
import { OriginCheck } from './origin.ts';

export interface HttpOptions {
  readonly newServer: NewServer;
  readonly asks: AskBack;
  /** Where changes come from that clients listen to (`subscriptions/listen`). @default nothing changes */
  readonly bus?: ServerEventBus;
  readonly surface: Surface;
  readonly authenticator: Authenticator;
  readonly limits: Limits;
  readonly observer: Observer;
  readonly log: Log;
  readonly now: () => number;
  readonly ready: Ready;
  /** Path of the endpoint. */
  readonly path: string;
  readonly bodyLimit: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

export interface HttpHosting {
  readonly port: number;
  /** From now on it is not ready, so that nobody sends it more; what comes all the same is answered. */
  beginDrain(): void;
  /** Takes no more connections, and resolves when every request under way is answered. */
  close(): Promise<void>;
}

type Message = { readonly method?: unknown; readonly id?: unknown; readonly params?: unknown };

/** The endpoint over HTTP, both protocol eras, and what operators look up. */
export async function serveHttp(
  options: HttpOptions,
  listen: { readonly host: string; readonly port: number },
): Promise<HttpHosting> {
  const { authenticator, limits, observer, log, surface, path } = options;
  const origins = new OriginCheck(options.allowedHosts, options.allowedOrigins);
  const isReady = readiness(options.ready, options.now);
  let draining = false;
  const underWay = new Set<ServerResponse>();
  const handler = createMcpHandler((context) => options.newServer(context, callerOf(context)), {
    maxRequestBodySize: options.bodyLimit,
    ...(options.bus !== undefined && { bus: options.bus }),
    onerror: (error) => log('debug', 'A request was not served', { error: told(error) }),
  });

  const server = createServer((request, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    // A connection that its client keeps for the next request would else keep the server open.
    response.once('finish', () => {
      if (draining) request.socket.end();
    });
    if (draining) response.setHeader('connection', 'close');
    answer(request, response).catch((error: unknown) => refuse(error, response));
  });
  server.requestTimeout = 60_000;
  // Longer than a load balancer keeps a connection that it may still use.
  server.keepAliveTimeout = 620_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [at = '/'] = (request.url ?? '/').split('?', 1);
    if (at === path) return endpoint(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refused(404, notHere(path));
    if (at === '/health/live') return sendJson(response, 200, { status: 'live' });
    if (at === '/health/ready' || at === '/health') {
      const { status, body } = await isReady(draining);
      return sendJson(response, status, body);
    }
    const { metadata } = authenticator;
    if (metadata?.paths.includes(at)) {
      return sendJson(response, 200, metadata.document, {
        'access-control-allow-origin': '*',
        'cache-control': 'max-age=3600',
      });
    }
    throw new Refused(404, notHere(path));
  }

  async function endpoint(request: IncomingMessage, response: ServerResponse): Promise<void> {
    origins.check(request.headers);
    const caller = await authenticator.authenticate(request.headers);
    if (request.method !== 'POST') throw new Refused(405, 'The endpoint takes POST.', { allow: 'POST' });
    const body = await readJson(request, options.bodyLimit);
    try {
      admit(caller, body);
    } catch (error) {
      if (error instanceof Refused) return refuse(error, response, idOf(body));
      throw error;
    }
    if (!hasMethod(body) && isJSONRPCResponse(body)) {
      options.asks.deliver(limitKey(caller), body);
      return void response.writeHead(202).end();
    }
    const { method, params } = messageOf(body);
    const session = method === 'initialize' ? options.asks.sessionFor(params) : undefined;
    if (session !== undefined) response.setHeader('mcp-session-id', session);
    const authInfo = { token: '', clientId: caller.principal, scopes: [...caller.scopes], extra: { caller } };
    await exchange(handler, request, response, { authInfo, parsedBody: body });
  }

  /** May this caller ask this now? @throws {Refused} 403, 429 */
  function admit(caller: Caller, body: unknown): void {
    const messages = (Array.isArray(body) ? body : [body]).filter(isRequest);
    for (const { method, params } of messages) {
      const scope = scopeOf(surface, String(method), params);
      if (scope === undefined || caller.scopes.has(scope)) continue;
      const challenge = authenticator.stepUp(scope, caller);
      throw new Refused(
        403,
        `The token lacks the scope ${scope}. Ask its issuer for a token that has it.`,
        challenge === undefined ? {} : { 'www-authenticate': challenge },
      );
    }
    const key = limitKey(caller);
    const wait = limits.rate.take(key, messages.length);
    if (wait > 0) throw tooMany('More requests than MCP_RATE_LIMIT_PER_SECOND allows.', wait);
    if (messages.some(({ method }) => method === 'tools/call') && limits.concurrency.isFull(key)) {
      throw tooMany('More calls at the same time than MCP_CONCURRENCY allows.', 1);
    }
  }

  function refuse(error: unknown, response: ServerResponse, id: string | number | null = null): void {
    const refused = error instanceof Refused ? error : new Refused(500, 'The server failed.', {}, error);
    observer.refused(refused.status);
    const level = refused.status >= 500 ? 'error' : 'info';
    const { status, message, cause } = refused;
    log(level, message, { status, ...(cause !== undefined && { error: told(cause) }) });
    if (response.headersSent) response.destroy();
    else sendRefused(response, refused, id);
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listen.port, listen.host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    beginDrain() {
      draining = true;
      // Their clients learn not to send the next request where nobody listens any more.
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close');
      options.asks.end();
    },
    close: () => closed(server, handler),
  };
}

/** A stream of changes has no end of its own: it is told that it ends, and calls under way are waited for. */
async function closed(server: Server, handler: ReturnType<typeof createMcpHandler>): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await done;
  await handler.close();
}

const hasMethod = (body: unknown) => typeof body === 'object' && body !== null && 'method' in body;
const isRequest = (message: Message | null) => typeof message?.method === 'string' && message.id !== undefined;

const messageOf = (body: unknown): Message => (typeof body === 'object' && body !== null ? body : {});

function idOf(body: unknown): string | number | null {
  const { id } = messageOf(body);
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

const tooMany = (message: string, wait: number) =>
  new Refused(429, `${message} Wait ${Math.ceil(wait)} s and repeat it.`, { 'retry-after': String(Math.ceil(wait)) });

const notHere = (path: string) => `Nothing is here: the endpoint is ${path}.`;

/** Set by the endpoint, for every request. */
function callerOf({ authInfo }: McpRequestContext): Caller {
  const caller = authInfo?.extra?.caller;
  if (caller === undefined) throw new TypeError('a request without a caller');
  return caller as Caller;
}
