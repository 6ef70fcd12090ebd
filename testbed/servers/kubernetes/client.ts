/** Plain requests to an API server, for what no client library offers: server-side apply with strict field validation. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Access } from './credentials.ts';

/** An object as the API server takes and gives it. */
export interface KubernetesResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The API server said no, or did not understand. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;

  constructor(what: string, status: number, message: string) {
    super(`${what}: ${status} ${message}`);
    this.status = status;
  }
}

/** Talks to one API server. Connections are kept; `close` ends them. */
export class KubernetesClient {
  private readonly access: Access;
  private readonly agent: Agent;
  private readonly resources = new Map<string, Promise<ReadonlyMap<string, { name: string; namespaced: boolean }>>>();

  constructor(access: Access) {
    this.access = access;
    this.agent = new Agent({ ca: readFileSync(access.caFile), keepAlive: true });
  }

  close() {
    this.agent.destroy();
  }

  /** Server-side apply as Argo CD does it: conflicts are forced; an unknown or repeated field is refused. */
  apply(object: KubernetesResource, options: { readonly dryRun?: boolean } = {}): Promise<KubernetesResource> {
    const query = `fieldManager=argocd-controller&force=true&fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`;
    return this.onObject(object, 'PATCH', query, object);
  }

  get(object: KubernetesResource): Promise<KubernetesResource> {
    return this.onObject(object, 'GET');
  }

  /** The objects of a kind, in all namespaces. */
  async list(apiVersion: string, kind: string): Promise<KubernetesResource[]> {
    const { name } = await this.resource(apiVersion, kind);
    const { items } = (await this.send('GET', `${base(apiVersion)}/${name}`)) as { items: KubernetesResource[] };
    // A list says its kind once, not on each item.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Forgets which kinds there are: after CRDs were added. */
  forgetKinds() {
    this.resources.clear();
  }

  private async onObject(
    object: KubernetesResource,
    method: string,
    query = '',
    body?: unknown,
  ): Promise<KubernetesResource> {
    const { apiVersion, kind, metadata } = object;
    const { name, namespaced } = await this.resource(apiVersion, kind);
    const folder = namespaced
      ? `${base(apiVersion)}/namespaces/${metadata.namespace}/${name}`
      : `${base(apiVersion)}/${name}`;
    return (await this.send(
      method,
      `${folder}/${encodeURIComponent(metadata.name)}?${query}`,
      body,
    )) as KubernetesResource;
  }

  private async resource(apiVersion: string, kind: string) {
    let known = this.resources.get(apiVersion);
    if (!known) {
      known = this.send('GET', base(apiVersion)).then((list) => {
        const { resources } = list as { resources: { name: string; kind: string; namespaced: boolean }[] };
        return new Map(
          resources.filter((resource) => !resource.name.includes('/')).map((resource) => [resource.kind, resource]),
        );
      });
      this.resources.set(apiVersion, known);
    }
    const found = (await known).get(kind);
    if (!found) throw new ApiRefusal(`${apiVersion} ${kind}`, 404, 'the API server has no such kind');
    return found;
  }

  private send(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.access.token}`,
        accept: 'application/json',
        ...(text !== undefined && {
          'content-type': 'application/apply-patch+yaml',
          'content-length': Buffer.byteLength(text),
        }),
      };
      const sent = request(`${this.access.url}${path}`, { method, agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(JSON.parse(answer));
          else reject(new ApiRefusal(`${method} ${path.replace(/\?.*/, '')}`, status, messageOf(answer)));
        });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection may be closed by the server at the moment it is used again. Every request here may be sent twice.
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(this.send(method, path, body));
        else reject(error);
      });
      sent.end(text);
    });
  }
}

const base = (apiVersion: string) => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { message?: string }).message ?? answer;
  } catch {
    return answer;
  }
}
