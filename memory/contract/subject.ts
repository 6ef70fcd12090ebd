import type * as z from 'zod';
import { type Operation, type OperationId, operations } from '../src/api/operations.ts';

/** Where a service is, and how one is let in. */
export interface Address {
  readonly url: string;
  /** A token of a caller of the tenant; all permissions where none are named. */
  token(tenant: string, permissions?: readonly string[]): Promise<string>;
  /** Resolves when searches find everything that was acknowledged. Default: at once. */
  settled?(): Promise<void>;
}

/** A running service, as the contract sees it: an address, tokens, and the clock that it lives by. */
export interface Subject extends Address {
  readonly clock: { now(): number; advance(milliseconds: number): void };
  settled(): Promise<void>;
  stop(): Promise<void>;
}

type Table = typeof operations;
type Output<Id extends OperationId> = Table[Id] extends { answer: infer A extends z.ZodType } ? z.output<A> : undefined;

export interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Operations that were answered well by any caller, so that the contract can say that it left none out. */
export const answered = new Set<OperationId>();

/** A caller with a token, who checks each answer against the schema that OpenAPI shows. */
export class Caller {
  readonly #subject: Address;
  readonly tenant: string;
  readonly #token: string;

  private constructor(subject: Address, tenant: string, token: string) {
    this.#subject = subject;
    this.tenant = tenant;
    this.#token = token;
  }

  static async of(
    subject: Address,
    tenant = `t-${crypto.randomUUID()}`,
    permissions?: readonly string[],
  ): Promise<Caller> {
    return new Caller(subject, tenant, await subject.token(tenant, permissions));
  }

  /** Sends the request; it must be answered as the table says. */
  async ask<Id extends OperationId>(id: Id, call: Call = {}): Promise<Answered<Output<Id>>> {
    const operation: Operation = operations[id];
    const got = await this.send(id, call);
    const expected = operation.status ?? (operation.answer === undefined ? 204 : 200);
    if (got.status !== expected) {
      throw new Error(`${id} was answered ${got.status}, not ${expected}: ${JSON.stringify(got.body)}`);
    }
    answered.add(id);
    return { ...got, body: (operation.answer?.parse(got.body) ?? got.body) as Output<Id> };
  }

  /** Sends the request, whatever the answer is. */
  async send(
    id: OperationId,
    { params = {}, query = {}, body, headers = {} }: Call = {},
  ): Promise<Answered<Record<string, unknown>>> {
    const { path, method } = operations[id];
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return this.raw(`${filled}${search.size === 0 ? '' : `?${search}`}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    });
  }

  async raw(
    path: string,
    init: RequestInit & { readonly duplex?: 'half' } = {},
  ): Promise<Answered<Record<string, unknown>>> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${this.#token}`);
    const response = await fetch(`${this.#subject.url}${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  /** Ids of the new memories. */
  async remember(...memories: readonly Record<string, unknown>[]): Promise<string[]> {
    const { body } = await this.ask('createMemories', { body: { memories } });
    return body.memories.map(({ id }) => id);
  }

  async session(body: Record<string, unknown> = {}): Promise<string> {
    return (await this.ask('createSession', { body })).body.id;
  }

  /** Texts of what a search finds, best first. */
  async recall(query: string, more: Record<string, unknown> = {}): Promise<string[]> {
    await this.#subject.settled?.();
    const { body } = await this.ask('searchMemories', { body: { query, ...more } });
    return body.hits.map(({ memory, message }) => memory?.text ?? message?.content ?? '');
  }
}
