/** Requests, and which part of a service answers them. */
import type { RawAnswer } from './answer.ts';
import { quoted } from './pattern.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Call {
  readonly method: string;
  /** Below the base of the API, such as `/v1/projects/p/secrets`. */
  readonly path: string;
  /** Of the places in the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON object that was sent; empty where none was. */
  readonly body: Fields;
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Handle = (call: Call) => Fields | RawAnswer;

export interface Route {
  readonly method: Method;
  readonly pattern: RegExp;
  /** It changes nothing, though it is a POST. */
  readonly reads: boolean;
  readonly handle: Handle;
}

/**
 * @param path such as `/v1/projects/{project}/services/{service}:enable`; a place takes all up to the next slash or colon,
 * and `{object*}` colons too
 */
export function route(method: Method, path: string, handle: Handle, { reads = method === 'GET' } = {}): Route {
  const source = path
    .split(/(\{\w+\*?\})/)
    .map((part) => {
      const place = /^\{(\w+)(\*?)\}$/.exec(part);
      return place ? `(?<${place[1]}>${place[2] ? '[^/]+' : '[^/:]+'})` : quoted(part);
    })
    .join('');
  return { method, pattern: new RegExp(`^${source}$`), reads, handle };
}

/** The route of a request, with the values of its places; undefined where no route is for it. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const one of routes) {
    const found = one.method === method ? one.pattern.exec(path) : null;
    if (found === null) continue;
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { route: one, params: Object.fromEntries(params) as Record<string, string> };
  }
  return undefined;
}

/** A place's value. The pattern has it, or the route is wrong. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new TypeError(`the route of ${call.path} has no {${name}}`);
  return value;
}
