import { readFile } from 'node:fs/promises';
import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { type Asking, Missing } from './source.ts';

export interface ServerConnectionOptions {
  readonly url: string;
  /** This pod's own token, which the server verifies; not set: a server on this machine that asks for none. */
  readonly tokenFile?: string;
  readonly version: string;
}

/** Clients kept, one a tenant; the one that was used the longest time ago is closed first. */
const MOST_CLIENTS = 64;
/** Bytes of one answer; the servers stay far below. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Calls tools of another MCP server with this pod's token. A request says for which tenant it is in `MCP-Tenant`: the server lets
 * a service account name it only where it is trusted to (`=*`), and refuses where the two differ. Each tenant has a client of its own,
 * so that no answer can reach another.
 */
export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #clients = new Map<string, Promise<Client>>();

  constructor(options: ServerConnectionOptions) {
    this.#options = options;
  }

  /** @throws {Missing} where the server refuses; others where it does not answer */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    { call, reach, signal }: Asking,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { tenant } = reach;
    if (tenant !== undefined && this.#options.tokenFile === undefined) {
      throw new Missing('it cannot be told for which tenant it is asked');
    }
    const key = JSON.stringify(tenant ?? null);
    let result: CallToolResult;
    try {
      const client = await within(this.#client(key, tenant), signal);
      const { traceparent } = call;
      const _meta = traceparent === undefined ? {} : { _meta: { traceparent } };
      result = await client.callTool({ name, arguments: { ...args }, ..._meta }, { signal });
    } catch (error) {
      // What was learned of the server may be what failed.
      if (!call.signal.aborted) this.#forget(key);
      throw missingOf(error) ?? error;
    }
    if (result.isError === true) throw new Missing(refusals[codeOf(result)] ?? 'it refused the question');
    return structured.parse(result.structuredContent ?? {});
  }

  async close(): Promise<void> {
    for (const key of [...this.#clients.keys()]) this.#forget(key);
  }

  #client(key: string, tenant: string | undefined): Promise<Client> {
    const known = this.#clients.get(key);
    // The newest is last.
    this.#clients.delete(key);
    const client = known ?? this.#connect(tenant);
    client.catch(() => this.#clients.delete(key));
    this.#clients.set(key, client);
    const [oldest] = this.#clients.keys();
    if (this.#clients.size > MOST_CLIENTS && oldest !== undefined) this.#forget(oldest);
    return client;
  }

  async #connect(tenant: string | undefined): Promise<Client> {
    const { url, tokenFile, version } = this.#options;
    // A server that is asked for memories alone starts without it.
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
    const client = new Client(
      { name: 'mcp-memory', version },
      { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: {} },
    );
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      fetch: limited,
      requestInit: { redirect: 'error', headers: tenant === undefined ? {} : { 'mcp-tenant': tenant } },
      ...(tokenFile !== undefined && {
        authProvider: { token: async () => (await readFile(tokenFile, 'utf8')).trim() },
      }),
    });
    await client.connect(transport);
    return client;
  }

  #forget(key: string): void {
    const client = this.#clients.get(key);
    this.#clients.delete(key);
    client?.then(
      (opened) => opened.close(),
      () => {},
    );
  }
}

/** A client that connects serves the calls after this one too, so it goes on where this one gives up. */
async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

async function limited(input: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  let size = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > LARGEST) controller.error(new RangeError(`more than ${LARGEST} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(counted, { status, statusText, headers });
}

function missingOf(error: unknown): Missing | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = 'status' in error ? error.status : error.name === 'UnauthorizedError' ? 401 : undefined;
  const why = typeof status === 'number' ? statuses[status] : undefined;
  return why === undefined ? undefined : new Missing(why, { cause: error });
}

const statuses: Readonly<Record<number, string>> = {
  401: "it does not take this server's token",
  403: 'it does not let this server ask for the tenant of the caller',
  429: 'it has too many calls of this server',
};

/** By the codes of the kit's refusals. */
const refusals: Readonly<Record<string, string>> = {
  not_understood: 'it did not understand the question as one about its data',
  policy: 'its policy keeps this from the caller',
  argument: 'it cannot answer a question of this form',
  not_found: 'it has no such collection',
  cost: 'the answer would cost more than it allows',
  busy: 'it has too much to do',
  unavailable: 'its database does not answer',
  timeout: 'its database did not answer in time',
};

const structured = z.record(z.string(), z.unknown());
const refused = z.looseObject({ 'ai-orchestra/refusal': z.looseObject({ code: z.string() }) });

function codeOf({ _meta }: CallToolResult): string {
  const parsed = refused.safeParse(_meta);
  return parsed.success ? parsed.data['ai-orchestra/refusal'].code : '';
}
