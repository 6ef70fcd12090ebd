import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Refusal } from '../api/errors.ts';
import { type Operation, type OperationId, operations } from '../api/operations.ts';
import type { Answer, Lifecycle, MemoryService, Scope } from '../api/service.ts';
import { type Authenticator, challengeOf, checkPermission } from '../auth/authenticator.ts';
import type { Observer } from '../telemetry/observer.ts';
import { Admission } from './admission.ts';
import { parseBody } from './body.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { addDocuments } from './documents.ts';
import { checkAccept, etag, isCached } from './headers.ts';
import { addHealth } from './health.ts';
import { methodsOf, routes, split } from './paths.ts';
import { problemMediaType, toldOf } from './problem.ts';
import { RateLimit } from './rate-limit.ts';
import { parseRequest } from './request.ts';

export interface ServerOptions {
  readonly service: MemoryService & Pick<Lifecycle, 'health'>;
  readonly authenticator: Authenticator;
  readonly now: () => number;
  readonly bodyLimit: number;
  /** Of a tenant. */
  readonly requestsPerSecond: number;
  /** Default: 256 requests at work, 1,024 that wait. */
  readonly admission?: Admission;
  readonly observer?: Observer;
  /** Adds routes of its own, such as a web page, before the server is complete. */
  readonly extend?: (server: FastifyInstance) => void;
}

export interface MemoryServer {
  readonly http: FastifyInstance;
  /** From now on it is not ready, so that nobody sends it more; what comes all the same is answered. */
  beginDrain(): void;
}

const json = 'application/json; charset=utf-8';
/** Longer than any id, percent-encoded. */
const LONGEST_PARAM = 1024;

/** The API over HTTP: every route of the table, each refusal as a problem, and what operators and callers look up. */
export function createServer(options: ServerOptions): MemoryServer {
  const { service, authenticator, now, observer } = options;
  const admission = options.admission ?? new Admission({ running: 256, waiting: 1024 });
  const rateLimit = new RateLimit(options.requestsPerSecond, now);
  let draining = false;

  const http = Fastify({
    logger: false,
    bodyLimit: options.bodyLimit,
    routerOptions: { maxParamLength: LONGEST_PARAM },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: 60_000,
    frameworkErrors: (error, request, reply) => refuse(error, request, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers }, bytes, done) => {
    try {
      done(null, parseBody(headers['content-type'], headers['content-encoding'], bytes as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  http.decorateRequest('memory');
  http.addHook('onRequest', async (_request, reply) => {
    reply.headers(security);
  });
  // Also of requests that came before: their connections would else keep the service open.
  http.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  http.addHook('onResponse', async (request, reply) => {
    observer?.finished(request.memory?.operation ?? 'other', reply.statusCode, reply.elapsedTime / 1000);
  });
  http.setErrorHandler(refuse);
  http.setNotFoundHandler((request, reply) => refuse(unknownPath(request, reply), request, reply));

  addHealth(http, { health: () => service.health(), now, isDraining: () => draining });
  addDocuments(http);
  for (const { method, url, verbs } of routes()) {
    http.route({
      method,
      url,
      onRequest: admit(verbs),
      handler: (request, reply) => admission.run(() => answer(request, reply)),
    });
  }
  options.extend?.(http);
  return {
    http,
    beginDrain() {
      draining = true;
    },
  };

  /** Before a byte of the body is read: which operation, who asks, may they, and not too often. */
  function admit(verbs: ReadonlyMap<string, OperationId>) {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const given = request.params as Record<string, string>;
      const { id, verb } = given.target === undefined ? { id: '', verb: '' } : split(given.target);
      const operation = verbs.get(verb);
      if (operation === undefined) throw unknownPath(request, reply);
      const [name] = /(?<=\{)\w+(?=\}:)/.exec(operations[operation].path) ?? [];
      const params = name === undefined ? given : { [name]: id };
      checkAccept(request.headers.accept);
      const scope = await authenticator.authenticate(request.headers);
      request.memory = { operation, params, scope };
      reply.header('ratelimit-policy', rateLimit.policy).header('ratelimit', rateLimit.take(scope.tenant));
      checkPermission(scope, operations[operation].permission);
    };
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { operation: id, params, scope } = request.memory ?? unreachable();
    const operation: Operation = operations[id];
    const input = parseRequest(id, params, request);
    const call = service[id] as (scope: Scope, input: unknown) => Promise<Answer<unknown>>;
    const work = (traceId?: string) => call(scope, traceId === undefined ? input : { ...input, traceId });
    const answered = await (observer === undefined ? work() : observer.traced(id, request.headers, scope, work));
    return send(request, reply, operation, answered);
  }

  function send(request: FastifyRequest, reply: FastifyReply, operation: Operation, answered: Answer<unknown>) {
    const { version, consistencyToken, replayed, indexed, body } = answered;
    if (version !== undefined) reply.header('etag', etag(version));
    if (consistencyToken !== undefined) reply.header('consistency-token', consistencyToken);
    if (replayed) reply.header('idempotency-replayed', 'true');
    if (indexed) reply.header('preference-applied', 'wait=indexed');
    if (operation.answer === undefined) return reply.code(204).send();
    if (
      operation.method === 'GET' &&
      version !== undefined &&
      isCached(request.headers['if-none-match'], etag(version))
    ) {
      return reply.code(304).send();
    }
    return reply
      .code(operation.status ?? 200)
      .header('content-type', json)
      .send(JSON.stringify(body));
  }

  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const [path = ''] = request.url.split('?', 1);
    const { problem, headers, cause } = toldOf(error, path);
    const challenge = error instanceof Refusal ? challengeOf(error) : undefined;
    if (challenge !== undefined) reply.header('www-authenticate', challenge);
    if (cause !== undefined) observer?.failed(request.memory?.operation ?? 'other', problem.code, cause);
    reply.code(problem.status).headers(headers).header('content-type', problemMediaType).send(JSON.stringify(problem));
  }
}

/** What was learned of a request before its body was read. */
interface Admitted {
  readonly operation: OperationId;
  readonly params: Readonly<Record<string, string>>;
  readonly scope: Scope;
}
declare module 'fastify' {
  interface FastifyRequest {
    memory?: Admitted;
  }
}

/** Answers are one caller's, and are no web pages. */
const security = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

function unknownPath(request: FastifyRequest, reply: FastifyReply): Refusal {
  const [path = ''] = request.url.split('?', 1);
  const methods = methodsOf(path);
  if (methods.length === 0)
    return new Refusal('not-found', `There is no path ${path.slice(0, 200)}: see /openapi.json.`);
  reply.header('allow', methods.join(', '));
  return new Refusal('method-not-allowed', `${request.method} is not for this path, ${methods.join(', ')} is.`);
}

function unreachable(): never {
  throw new TypeError('a route answered what was not admitted');
}
