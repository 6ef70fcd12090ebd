import { startForTest } from '@ai-orchestra/mcp-kit/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryServer } from './server.ts';
import { connect, type TestClient } from './testing/clients.fixture.ts';
import { type MemoryServiceForTests, sharedEnvironment, startMemoryService } from './testing/memory-service.fixture.ts';

/**
 * Random callers of two tenants write, delete, and let time pass; then each asks every tool, with ids, names, sessions and handles
 * of all the others. Each text has a word of its own: an answer may have those of living records within the caller's reach alone.
 */

const scopes = ['memory:read', 'memory:write', 'memory:admin'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let service: MemoryServiceForTests;
let server: Awaited<ReturnType<typeof startForTest>>;
/** The same, where people are bound to the subject of their token. */
let bound: typeof server;

beforeAll(async () => {
  service = await startMemoryService();
  const token = await service.personToken('setup', 'setup', scopes);
  const environment = { ...sharedEnvironment(service), MCP_MEMORY_TOOLS: 'both', MCP_OUTPUT_TOKENS: '20000' };
  server = await startForTest(memoryServer, environment, token);
  bound = await startForTest(
    memoryServer,
    { ...environment, MCP_SUBJECT_CLAIM: 'person' },
    await service.personToken('setup', 'setup', scopes, { person: 'setup' }),
  );
});
afterAll(async () => {
  await server.stop();
  await bound.stop();
  await service.stop();
});

interface Written {
  readonly mark: string;
  readonly owner: number;
  readonly kind: 'memory' | 'message' | 'entity';
  readonly id: string;
  /** Of the clock; infinite: never. */
  readonly until: number;
  deleted: boolean;
}

type Step =
  | {
      readonly does: 'remember';
      readonly who: number;
      readonly tier: 'short' | 'mid' | 'long';
      readonly ttl: number | undefined;
    }
  | { readonly does: 'append'; readonly who: number }
  | { readonly does: 'create'; readonly who: number }
  | { readonly does: 'forget'; readonly who: number; readonly what: number }
  | { readonly does: 'wait'; readonly milliseconds: number };

const steps = (callers: number): fc.Arbitrary<Step[]> => {
  const who = fc.nat({ max: callers - 1 });
  return fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          does: fc.constant('remember' as const),
          who,
          tier: fc.constantFrom('short' as const, 'mid' as const, 'long' as const),
          ttl: fc.constantFrom(undefined, 60, 7200),
        }),
      },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('append' as const), who }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('create' as const), who }) },
      { weight: 3, arbitrary: fc.record({ does: fc.constant('forget' as const), who, what: fc.nat({ max: 30 }) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          does: fc.constant('wait' as const),
          milliseconds: fc.constantFrom(61_000, HOUR + 1, DAY + 1),
        }),
      },
    ),
    { minLength: 3, maxLength: 14 },
  );
};

let marks = 0;
const lifetimes = { short: HOUR, mid: DAY, long: 30 * DAY };
const texts = /zq\d+zq/g;

interface Player {
  readonly client: TestClient;
  /** Callers of one reach share what they write. */
  readonly reach: string;
}

async function play(callers: readonly Player[], script: readonly Step[]): Promise<Written[]> {
  const written: Written[] = [];
  const { clock } = service;
  for (const step of script) {
    if (step.does === 'wait') {
      clock.advance(step.milliseconds);
      continue;
    }
    const { client: me, reach } = callers[step.who] as Player;
    marks += 1;
    const mark = `zq${marks}zq`;
    if (step.does === 'remember') {
      const { tier, ttl } = step;
      const memory = { text: `secret plan ${mark}`, tier, ...(ttl !== undefined && { ttl_seconds: ttl }) };
      const { structuredContent } = await me.call('remember', { memories: [memory] });
      const [kept] = (structuredContent as { memories: { id: string }[] }).memories;
      const until = clock.now() + (ttl === undefined ? lifetimes[tier] : ttl * 1000);
      written.push({ mark, owner: step.who, kind: 'memory', id: kept?.id ?? '', until, deleted: false });
    } else if (step.does === 'append') {
      const session = `session ${mark}`;
      await me.call('append_messages', { session, messages: [{ role: 'user', content: `secret plan ${mark}` }] });
      written.push({ mark, owner: step.who, kind: 'message', id: session, until: clock.now() + HOUR, deleted: false });
    } else if (step.does === 'create') {
      const name = `Node ${mark}`;
      await me.call('create_entities', { entities: [{ name, entityType: 'plan', observations: [`secret ${mark}`] }] });
      await me.call('create_relations', { relations: [{ from: name, to: 'Node', relationType: 'is' }] });
      written.push({
        mark,
        owner: step.who,
        kind: 'entity',
        id: name,
        until: Number.POSITIVE_INFINITY,
        deleted: false,
      });
    } else {
      const target = written[step.what];
      if (target === undefined) continue;
      await forget(me, target);
      if (callers[target.owner]?.reach === reach && target.until > clock.now()) target.deleted = true;
    }
  }
  return written;
}

/** Also of what is another's: that must change nothing. */
async function forget(me: TestClient, { kind, id }: Written): Promise<void> {
  if (kind === 'entity') {
    await me.call('delete_entities', { entityNames: [id] });
    return;
  }
  const what = kind === 'memory' ? { memory_ids: [id] } : { session: id };
  const { structuredContent } = await me.call('forget', what);
  const { confirm } = (structuredContent ?? {}) as { confirm?: string };
  if (confirm !== undefined) await me.call('forget', { ...what, confirm });
}

/** Everything that a caller can be told, with what the others have as arguments. */
async function everything(me: TestClient, written: readonly Written[], subjects: readonly string[]): Promise<string[]> {
  const tools: [string, Record<string, unknown>][] = [
    ['recall', { query: 'secret plan', limit: 50 }],
    ['recall', { query: 'secret plan', limit: 50, as_of: new Date(service.clock.now() - 1).toISOString() }],
    ['recall', { query: 'secret', limit: 50, namespace: 'knowledge-graph' }],
    ['get_context', { query: 'secret plan', max_tokens: 4000 }],
    ['list_sessions', { limit: 200 }],
    ['read_graph', {}],
    ['search_nodes', { query: 'zq' }],
    ['open_nodes', { names: written.map(({ id }) => id) }],
    ...subjects.flatMap((subject): [string, Record<string, unknown>][] => [
      ['recall', { query: 'secret plan', limit: 50, subject }],
      ['get_context', { query: 'secret plan', subject }],
      ['list_sessions', { subject }],
      ['get_profile', { subject }],
    ]),
    ...written.flatMap(({ kind, id }): [string, Record<string, unknown>][] => {
      if (kind === 'memory') {
        return [
          ['update_memory', { memory_id: id, edit: { importance: 0.4 } }],
          ['forget', { memory_ids: [id] }],
        ];
      }
      if (kind === 'message') {
        return [
          ['get_context', { session: id, query: 'plan' }],
          ['recall', { query: 'plan', session: id }],
          ['forget', { session: id }],
        ];
      }
      return [];
    }),
  ];
  const said: string[] = [];
  // An argument comes back in a refusal: of a record, only its text counts.
  for (const [name, args] of tools) {
    const result = await me.call(name, args);
    if (result.isError !== true) said.push(JSON.stringify(result));
  }
  for (const uri of [
    'memory://sessions',
    'memory://knowledge-graph',
    ...written.filter(({ kind }) => kind === 'message').map(({ id }) => `memory://sessions/${encodeURIComponent(id)}`),
    ...subjects.map((subject) => `memory://subjects/${subject}/profile`),
  ]) {
    await me.client.readResource({ uri }).then(
      (read) => said.push(JSON.stringify(read)),
      () => undefined,
    );
  }
  return said;
}

async function check(callers: readonly Player[], script: readonly Step[]): Promise<void> {
  const written = await play(callers, script);
  for (const { client, reach } of callers) {
    const now = service.clock.now();
    const mine = written.filter(
      ({ owner, until, deleted }) => callers[owner]?.reach === reach && until > now && !deleted,
    );
    const said = (await everything(client, written, ['ana', 'ben'])).join('\n');
    const shown = new Set(said.match(texts) ?? []);
    const allowed = new Set(mine.map(({ mark }) => mark));
    expect([...shown].filter((mark) => !allowed.has(mark))).toEqual([]);
    // What lives is there: an answer that is always empty would be no proof.
    expect([...allowed].filter((mark) => !shown.has(mark))).toEqual([]);
  }
}

let runs = 0;

test('no tool shows what is of another tenant, expired or deleted', async () => {
  await fc.assert(
    fc.asyncProperty(steps(3), async (script) => {
      runs += 1;
      const callers = await Promise.all(
        ['a', 'a', 'b'].map(async (name, index) => {
          const tenant = `${name}-${runs}`;
          const token = await service.personToken(`person ${index}`, tenant, scopes);
          return { client: await connect(server.url, { token }), reach: tenant };
        }),
      );
      await check(callers, script);
    }),
    { numRuns: 12 },
  );
});

test('no tool shows a person what is about another, where a claim binds people to a subject', async () => {
  await fc.assert(
    fc.asyncProperty(steps(2), async (script) => {
      runs += 1;
      const tenant = `bound-${runs}`;
      const callers = await Promise.all(
        ['ana', 'ben'].map(async (name) => {
          const token = await service.personToken(`sub of ${name}`, tenant, scopes, { person: name });
          return { client: await connect(bound.url, { token }), reach: name };
        }),
      );
      await check(callers, script);
    }),
    { numRuns: 12 },
  );
});
