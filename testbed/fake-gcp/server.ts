/** Takes requests, finds who answers, lets faults happen, and writes down what was asked. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { GoogleError, RawAnswer, serviceDisabled } from './answer.ts';
import { type Cloud, fullName, type Service } from './cloud.ts';
import { type Fault, type Faults, refusal } from './fault.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { type Call, type Fields, findRoute, type Route } from './route.ts';

export interface Served {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Requests that no route is for, as `GET container /v1/...`: a gap of the fake, never an absent resource. */
  readonly unserved: string[];
  /** Awaited after a request that could change something was done, and before it is answered. */
  readonly written: (request: LoggedRequest) => Promise<void>;
}

/** Where an API is switched on. */
export const enabledName = (project: string, host: string) =>
  fullName('serviceusage.googleapis.com', `projects/${project}/services/${host}`);

/** @param find the service that a path is of, and the path below its base; undefined where there is none */
export function listener(
  served: Served,
  find: (path: string) => { readonly service: Service; readonly path: string } | undefined,
): RequestListener {
  return (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error instanceof Error ? error.stack : String(error));
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { cloud, faults, requests, unserved } = served;
    const raw = await received(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const place = find(url.pathname);
    // A project has a number too, and is the same by it.
    const path = (place?.path ?? url.pathname).replace(
      `/projects/${cloud.projectNumber}`,
      `/projects/${cloud.project}`,
    );
    const api = place?.service.api ?? 'unknown';
    const found = place && findRoute(place.service.routes, method, path);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const body = parsed(raw, request.headers['content-type'] ?? '');
    const asked = { api, method, path, writes: found ? !found.route.reads : method !== 'GET' };
    const logged = requests.add({
      ...asked,
      time: cloud.clock.timestamp(),
      query: Object.fromEntries(url.searchParams),
      body,
      bearer,
      principal: cloud.identities.principal(bearer),
    });
    if (place === undefined || found === undefined) {
      unserved.push(`${method} ${api} ${path}`);
      logged.status = 501;
      send(response, 501, { error: { code: 501, status: 'UNIMPLEMENTED', message: `no fake of ${method} ${path}` } });
      return;
    }
    const fault = faults.hit(asked);
    if (fault && 'hang' in fault) return;
    if (fault && 'cut' in fault && fault.cut === 'before') {
      request.socket.destroy();
      return;
    }
    const call = {
      method,
      path,
      params: found.params,
      query: url.searchParams,
      body: body ?? {},
      raw,
      headers: request.headers,
    };
    const result = serve(place.service, found.route, call, logged, fault);
    if (asked.writes) {
      cloud.state.save();
      await served.written(logged);
    }
    if (fault && 'cut' in fault) {
      request.socket.destroy();
      return;
    }
    logged.status = result instanceof GoogleError ? result.code : result instanceof RawAnswer ? result.status : 200;
    if (result instanceof RawAnswer) response.writeHead(result.status, result.headers).end(result.body);
    else
      send(
        response,
        logged.status,
        result instanceof GoogleError ? result.shown(place.service.errors ?? 'newer') : result,
      );
  }

  function serve(
    { api, host, alwaysOn }: Service,
    route: Route,
    call: Call,
    { principal }: LoggedRequest,
    fault: Fault | undefined,
  ): Fields | RawAnswer | GoogleError {
    const { cloud } = served;
    const { project, projectNumber, operations, state } = cloud;
    try {
      if (fault && 'refuse' in fault) throw refusal(fault.refuse, host, projectNumber);
      if (principal === undefined && api !== 'sts')
        throw new GoogleError('UNAUTHENTICATED', 'Request had invalid authentication credentials.');
      const other = /^\/(?:v\w+\/)?projects\/([^/:]+)/.exec(call.path)?.[1];
      if (other !== undefined && other !== project && other !== '-')
        throw new GoogleError('PERMISSION_DENIED', `Permission denied on resource project ${other}.`);
      if (!alwaysOn && state.get(enabledName(project, host))?.state !== 'ENABLED')
        throw serviceDisabled(host, projectNumber);
      if (call.method === 'GET' && !/\/operations(?:\/|$)/.test(call.path)) operations.lookAround(api);
      return operations.failing(fault && 'failOperation' in fault ? fault.failOperation : undefined, () =>
        route.handle(call),
      );
    } catch (error) {
      if (error instanceof GoogleError) return error;
      throw error;
    }
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

async function received(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** JSON, or a form, as fields; undefined where it is neither. */
function parsed(raw: Buffer, type: string): Fields | undefined {
  if (raw.length === 0) return undefined;
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(raw.toString()));
  if (!type.startsWith('application/json')) return undefined;
  const value: unknown = JSON.parse(raw.toString());
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

export const httpServer = (handle: RequestListener): Server => createServer({ keepAliveTimeout: 1000 }, handle);
