/** The edge: an environment as written becomes an `Environment`, or all that is wrong with it. */
import { nearest } from '@ai-orchestra/configuration';
import type * as z from 'zod';
import type { Problem } from './problem.ts';
import { type Environment, environment } from './schema.ts';
import { infoAt, namesAt, type Path, pathText, valueText } from './settings.ts';

/** Checks one environment alone. What must hold between environments is in invariants.ts. */
export function parseEnvironment(
  input: unknown,
  name: string,
):
  | { readonly environment: Environment; readonly problems: readonly [] }
  | { readonly environment?: never; readonly problems: readonly Problem[] } {
  const result = environment.safeParse(input);
  if (!result.success) return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, input, name)) };
  const parsed = result.data as Environment;
  const problems = contradictions(parsed);
  return problems.length > 0 ? { problems } : { environment: parsed, problems: [] };
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown, name: string): Problem[] {
  const path = issue.path as Path;
  const where = (at: Path) => pathText([name, ...at]);
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(path);
    return issue.keys.map((key) => ({
      path: where([...path, key]),
      given: 'a setting that does not exist',
      allowed: known.join(', '),
      fix: `remove it${closest(key, known)}`,
    }));
  }
  const info = infoAt(path);
  const given = valueText(valueAt(input, path));
  if (info) return [{ path: where(path), given, allowed: info.allowed, fix: `${info.fix} (${info.meaning})` }];
  const names = namesAt(path).filter((known) => known !== '*');
  return [
    {
      path: where(path),
      given,
      allowed: names.length > 0 ? `a group with ${names.join(', ')}` : 'a list with at least one entry',
      fix: names.length > 0 ? 'state the whole group; environments/schema.ts has the meaning of each' : 'add an entry',
    },
  ];
}

/** What no single setting shows: values of one environment that exclude each other. */
function contradictions(given: Environment): Problem[] {
  const { name, cluster, regions, superagi, memory, mcp, dragonfly, weaviate } = given;
  const problems: Problem[] = [];
  const check = (holds: boolean, path: string, value: unknown, allowed: string, fix: string) => {
    if (!holds) problems.push({ path: `${name}.${path}`, given: valueText(value), allowed, fix });
  };
  check(
    cluster.nodes.max >= cluster.nodes.min,
    'cluster.nodes.max',
    cluster.nodes.max,
    `at least cluster.nodes.min (${cluster.nodes.min})`,
    'raise max or lower min',
  );
  for (const [path, scaled] of Object.entries({ superagi, 'superagi.workers': superagi.workers, memory, mcp }))
    check(
      scaled.maxReplicas >= scaled.replicas,
      `${path}.maxReplicas`,
      scaled.maxReplicas,
      `at least ${path}.replicas (${scaled.replicas})`,
      'raise maxReplicas or lower replicas',
    );
  check(
    dragonfly.maxMemory.toMebibytes() >= 256 * dragonfly.threads,
    'dragonfly.maxMemory',
    dragonfly.maxMemory,
    `at least 256Mi a thread: ${256 * dragonfly.threads}Mi for ${dragonfly.threads} threads`,
    'raise maxMemory or lower threads; DragonflyDB does not start otherwise',
  );
  check(
    dragonfly.resources.memory.toMebibytes() >= 1.5 * dragonfly.maxMemory.toMebibytes(),
    'dragonfly.resources.memory',
    dragonfly.resources.memory,
    `at least 1.5 times dragonfly.maxMemory (${dragonfly.maxMemory.asString()})`,
    'raise resources.memory: a snapshot needs room beside the data',
  );
  check(
    weaviate.replicas % 2 === 1,
    'weaviate.replicas',
    weaviate.replicas,
    'an odd number',
    'add or remove one: RAFT needs a majority',
  );
  check(
    given.mongodb.members % 2 === 1,
    'mongodb.members',
    given.mongodb.members,
    'an odd number',
    'add or remove one: an election needs a majority',
  );
  const { short, mid, long } = memory.ttl;
  check(
    mid.toMilliseconds() > short.toMilliseconds(),
    'memory.ttl.mid',
    mid,
    `more than memory.ttl.short (${short.toHumanString()})`,
    'raise mid or lower short',
  );
  check(
    long === 'permanent' || long.toMilliseconds() > mid.toMilliseconds(),
    'memory.ttl.long',
    long,
    `more than memory.ttl.mid (${mid.toHumanString()})`,
    'raise long or lower mid',
  );
  for (const [index, { location, folder }] of regions.entries()) {
    const own = `${name}-${location}`;
    check(
      folder === own || (folder === name && regions.length === 1),
      `regions[${index}].folder`,
      folder,
      regions.length === 1 ? `'${name}' or '${own}'` : `'${own}', as there are more regions than one`,
      `write '${own}'`,
    );
    check(
      regions.findIndex((other) => other.location === location) === index,
      `regions[${index}].location`,
      location,
      'a region not named before',
      'remove this entry or name another region',
    );
  }
  return problems;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], input);
}

/** `, or write 'replicas'` where a known name is near. */
function closest(given: string, known: readonly string[]): string {
  const near = nearest(given, known);
  return near === undefined ? '' : `, or write '${near}'`;
}
