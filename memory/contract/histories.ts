import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Operation, type OperationId, operations } from '../src/api/operations.ts';
import type { Given } from './contract.ts';
import { type Fact, History, namespaces, steps, subjects } from './history.ts';
import { reads } from './reads.ts';
import { type Call, Caller } from './subject.ts';

const recall: ReadonlySet<OperationId> = new Set(['searchMemories', 'assembleContext']);

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.match(/\bw\d+w\b/g) ?? []);

/** Random histories of two tenants. `runs`: how many there is time for. */
export function histories(given: Given, runs: number): void {
  test("after any history no route shows another tenant's, an expired or a deleted record, and recall shows all others", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const history = await History.of(given(), taken);
        await given().settled();
        for (const tenant of [0, 1]) await check(history, tenant);
      }),
      { numRuns: runs },
    );
  });

  test('whatever takes an Idempotency-Key happens once, however often it comes at the same time', async () => {
    const ids = (Object.keys(operations) as OperationId[]).filter((id) => 'idempotent' in operations[id]);
    const requests = fc.array(
      fc.record({ id: fc.constantFrom(...ids), key: fc.constantFrom('a', 'b'), times: fc.integer({ min: 2, max: 4 }) }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(requests, async (some) => {
        const caller = await Caller.of(given());
        await caller.session({ id: 'talk' });
        const sent = some.flatMap(({ id, key, times }) => Array.from({ length: times }, () => ({ id, key })));
        const answers = await Promise.all(sent.map(({ id, key }) => repeated(caller, id, key)));
        const first = new Map<string, string>();
        for (const [place, { id, key }] of sent.entries()) {
          const name = `${id} ${key}`;
          const answer = answers[place] ?? '';
          expect([name, answer]).toEqual([name, first.get(name) ?? answer]);
          first.set(name, answer);
        }
        const keys = (wanted: OperationId) =>
          new Set(sent.filter(({ id }) => id === wanted).map(({ key }) => key)).size;
        const { body: list } = await caller.ask('listMemories', { query: { limit: 200 } });
        expect(list.memories).toHaveLength(4 * keys('createMemories'));
        const { body: all } = await caller.ask('listSessions', { query: { limit: 200 } });
        expect(all.sessions).toHaveLength(1 + keys('createSession'));
        const { body: said } = await caller.ask('listMessages', { params: { sessionId: 'talk' } });
        expect(said.messages.map(({ sequence }) => sequence)).toEqual(
          [1, 2, 3, 4].slice(0, 2 * keys('appendMessages')),
        );
      }),
      { numRuns: runs },
    );
  });
}

async function check(history: History, tenant: number): Promise<void> {
  const caller = history.callers[tenant] as Caller;
  const own = history.facts.filter((one) => one.tenant === tenant && history.lives(one));
  const foreign = history.memories().filter((one) => one.tenant !== tenant);
  const may = new Set(own.flatMap(({ word, before }) => [word, ...before]));
  const recalled = own.filter(({ held }) => !held);
  const mayRecall = new Set(recalled.map(({ word }) => word));
  const named = {
    memoryId: history.memories().map(({ id }) => id),
    sessionId: subjects.map((subject) => `talk of ${subject}`),
    subjectId: subjects,
    namespace: namespaces,
    operationId: history.operations,
    key: ['k'],
  };
  for (const { operation, call } of reads(named)) {
    const { status, body } = await caller.send(operation, call);
    const where = `${operation} ${JSON.stringify(call)}`;
    expect([where, status === 200 || status === 404 || status]).toEqual([where, status === 200 || status === 404]);
    const shown = JSON.stringify(body);
    const allowed = recall.has(operation) ? mayRecall : may;
    expect([where, [...wordsOf(shown)].filter((word) => !allowed.has(word))]).toEqual([where, []]);
    if (status === 200) expect([where, foreign.filter(({ id }) => shown.includes(id))]).toEqual([where, []]);
    if (status === 200 && operation === 'getMemory') {
      expect([where, own.some(({ id }) => id === call.params?.memoryId)]).toEqual([where, true]);
    }
    if (operation === 'searchMemories') expectPartsToAddUp(body);
  }
  await expectAll(caller, own, recalled);
}

const words = (facts: readonly Fact[], ...kinds: readonly Fact['kind'][]) =>
  facts
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ word }) => word)
    .sort();

async function expectAll(caller: Caller, own: readonly Fact[], recalled: readonly Fact[]): Promise<void> {
  const found = async (id: OperationId, call: Call) =>
    [...wordsOf(JSON.stringify((await caller.ask(id, call)).body))].sort();
  const search = { body: { query: 'heron', limit: 100 } };
  expect(await found('searchMemories', search)).toEqual(words(recalled, 'memory', 'message'));
  expect(await found('listMemories', { query: { limit: 200 } })).toEqual(words(recalled, 'memory'));
  for (const subjectId of subjects) {
    const { body } = await caller.ask('exportSubject', { params: { subjectId } });
    const of = own.filter(({ subject }) => subject === subjectId);
    const memories = wordsOf(JSON.stringify(body.memories));
    expect([...memories].sort()).toEqual(words(of, 'memory'));
    expect([...wordsOf(JSON.stringify(body.sessions))].sort()).toEqual(words(of, 'session', 'message'));
    expect([...wordsOf(JSON.stringify(body.profile ?? {}))]).toEqual(words(of, 'profile'));
  }
}

function expectPartsToAddUp(body: Readonly<Record<string, unknown>>): void {
  for (const { score, parts } of body.hits as readonly { score: number; parts?: Readonly<Record<string, number>> }[]) {
    if (parts === undefined) continue;
    const sum = Object.values(parts).reduce((total, part) => total + part, 0);
    expect(Math.abs(sum - score)).toBeLessThanOrEqual(1e-12);
  }
}

const bodies: Partial<Record<OperationId, (key: string) => Call>> = {
  createSession: (key) => ({ body: { metadata: { key } } }),
  appendMessages: (key) => ({
    params: { sessionId: 'talk' },
    body: { messages: ['one', 'two'].map((content) => ({ role: 'user', content: `${content} ${key}` })) },
  }),
  createMemories: (key) => ({
    body: { memories: ['short', 'mid', 'long', 'semantic'].map((tier) => ({ text: `${key} in ${tier}`, tier })) },
  }),
  consolidate: () => ({ body: { dryRun: true } }),
  promoteByPolicy: () => ({ body: { dryRun: true } }),
  forgetSubject: (key) => ({ params: { subjectId: `nobody ${key}` }, body: {} }),
};

/** The answer, or of an operation that goes on meanwhile its id. */
async function repeated(caller: Caller, id: OperationId, key: string): Promise<string> {
  const call = bodies[id]?.(key);
  if (call === undefined) throw new Error(`${id} takes an Idempotency-Key: say in bodies what is sent`);
  const { status, body } = await caller.send(id, { ...call, headers: { 'idempotency-key': key } });
  const operation: Operation = operations[id];
  expect([id, status, body]).toEqual([id, operation.status ?? 200, body]);
  return status === 202 ? String(body.id) : JSON.stringify(body);
}
