import type { HTTPMethods } from 'fastify';
import { type Operation, type OperationId, operations } from '../api/operations.ts';

/** Operations that one route of the router stands for. */
export interface Route {
  readonly method: HTTPMethods;
  /** As Fastify has it. */
  readonly url: string;
  /** By what follows the last colon, such as `pin`; '' where the path has no verb. */
  readonly verbs: ReadonlyMap<string, OperationId>;
}

const all = Object.entries(operations) as [OperationId, Operation][];

/** The router knows no `{id}:verb`: such paths share one route, and are told apart by their verb. */
export function routes(): Route[] {
  const found = new Map<string, { method: HTTPMethods; url: string; verbs: Map<string, OperationId> }>();
  for (const [id, { method, path }] of all) {
    const [, noun = path, verb = ''] = /^(.*\}):([a-z]+)$/.exec(path) ?? [];
    const url = noun.replaceAll(/\{(\w+)\}/g, verb === '' ? ':$1' : ':target');
    const route = found.get(`${method} ${url}`) ?? { method, url, verbs: new Map() };
    route.verbs.set(verb, id);
    found.set(`${method} ${url}`, route);
  }
  return [...found.values()];
}

/** `abc:pin` is the id `abc` and the verb `pin`; ids may hold colons. */
export function split(target: string): { readonly id: string; readonly verb: string } {
  const colon = target.lastIndexOf(':');
  return colon < 0 ? { id: target, verb: '' } : { id: target.slice(0, colon), verb: target.slice(colon + 1) };
}

const patterns = all.map(([, { method, path }]) => ({
  method,
  // A verb is not a part of an id, where a path may end in either.
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}$/g, '[^/:]+').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Methods of a path; none: there is no such path. */
export function methodsOf(path: string): string[] {
  const methods = new Set<string>(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
