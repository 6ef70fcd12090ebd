import fc from 'fast-check';
import { Aggregator, Query } from 'mingo';
import { describe, expect, it } from 'vitest';
import { compile } from './compile/compile.ts';
import { planSchema } from './plan/plan.ts';
import { catalogue, collections, fixture, now } from './translate.fixture.ts';
import { type Answer, translate } from './translate.ts';

const options = { now, timeZone: 'UTC' };
type Row = Record<string, unknown>;

function answerTo(question: string): Answer {
  const answer = translate(question, catalogue, options);
  if (answer.kind !== 'answer') throw new Error(`${question}: ${answer.reason} (${answer.candidate?.readBack})`);
  return answer;
}

function rows(question: string): Row[] {
  const { mql } = answerTo(question);
  const documents = [...(collections[mql.collection] ?? [])] as Row[];
  if (mql.operation === 'aggregate') {
    const stages = mql.pipeline.map((stage) => ({ ...stage }));
    return new Aggregator(stages, {
      collectionResolver: (name: string) => [...(collections[name] ?? [])] as Row[],
    }).run(documents) as Row[];
  }
  const cursor = new Query(mql.filter).find<Row>(documents, mql.projection);
  if (mql.sort) cursor.sort({ ...mql.sort });
  if (mql.limit !== undefined) cursor.limit(mql.limit);
  return cursor.all();
}

const ids = (question: string) => rows(question).map(({ _id }) => _id);
const counted = (items: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(items, (item) => item)].map(([key, own]) => [key, own.length]));
const day = 86_400_000;

describe('the questions of the guide', () => {
  it('Show all active agents', () => {
    expect(answerTo('Show all active agents').mql).toMatchObject({ operation: 'find', filter: { status: 'active' } });
    expect(ids('Show all active agents')).toEqual(
      fixture.agents.filter(({ status }) => status === 'active').map(({ _id }) => _id),
    );
  });

  it('Show agents created this week', () => {
    const { assumptions } = answerTo('Show agents created this week');
    expect(assumptions).toContain('a week begins on Monday');
    expect(assumptions).toContain('days are those of the time zone UTC');
    const monday = Date.UTC(2026, 10, 16);
    expect(ids('Show agents created this week')).toEqual(
      fixture.agents.filter(({ createdAt }) => createdAt.getTime() >= monday).map(({ _id }) => _id),
    );
  });

  it('how many failed runs per agent in the last 7 days', () => {
    const failed = fixture.runs.filter(
      ({ status, startedAt }) => status === 'failed' && startedAt.getTime() >= now.getTime() - 7 * day,
    );
    const expected = counted(failed.map(({ agentId }) => `Agent ${agentId.slice(1)}`));
    const found = rows('how many failed runs per agent in the last 7 days');
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    expect(Object.fromEntries(found.map(({ name, count }) => [name, count]))).toEqual(expected);
  });

  it('top 5 users by tokens spent in May', () => {
    const may = fixture.usage.filter(({ at }) => at >= new Date('2026-05-01') && at < new Date('2026-06-01'));
    const spent = [...Map.groupBy(may, ({ userId }) => userId)]
      .map(([userId, own]) => ({
        name: `User ${userId.slice(1)}`,
        tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
      }))
      .toSorted((a, b) => b.tokens - a.tokens)
      .slice(0, 5);
    const found = rows('top 5 users by tokens spent in May');
    expect(found.map((row) => row.sum_tokens)).toEqual(spent.map(({ tokens }) => tokens));
    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(spent.map(({ name }) => name)));
    expect(answerTo('top 5 users by tokens spent in May').assumptions).toContain(
      '"May" is read as the most recent one, of 2026',
    );
  });

  it('average response time by model where status is not error', () => {
    const kept = fixture.runs.filter(({ status }) => status !== 'error');
    const expected = [...Map.groupBy(kept, ({ model }) => model)].map(([model, own]) => [
      model,
      own.reduce((sum, { responseTimeMs }) => sum + responseTimeMs, 0) / own.length,
    ]);
    const found = rows('average response time by model where status is not error');
    expect(Object.fromEntries(found.map((row) => [row.model, row.avg_responseTimeMs]))).toEqual(
      Object.fromEntries(expected),
    );
  });
});

describe('what can be asked', () => {
  it.each([
    ['users from DE or FR', () => fixture.users.filter(({ country }) => country !== 'US')],
    ['users who are older than 30', () => fixture.users.filter(({ age }) => age > 30)],
    ['show users with age between 25 and 30', () => fixture.users.filter(({ age }) => age >= 25 && age <= 30)],
    [
      'runs with response time of at least 900',
      () => fixture.runs.filter(({ responseTimeMs }) => responseTimeMs >= 900),
    ],
    ['runs whose error message is missing', () => fixture.runs.filter(({ errorMessage }) => errorMessage === null)],
    ['agents in the red team', () => fixture.agents.filter(({ owner }) => owner.team === 'red')],
    ['agents that are public', () => fixture.agents.filter(({ isPublic }) => isPublic)],
    ['agents without tools', () => fixture.agents.filter(({ tools }) => tools.length === 0)],
    ['agents with more than 2 tools', () => fixture.agents.filter(({ tools }) => tools.length > 2)],
    ['agents whose tags are "internal"', () => fixture.agents.filter(({ tags }) => tags.includes('internal'))],
    ['agents whose name ends with "7"', () => fixture.agents.filter(({ name }) => name.endsWith('7'))],
    [
      'agents created before 2026-11-10',
      () => fixture.agents.filter(({ createdAt }) => createdAt < new Date('2026-11-10')),
    ],
  ])('%s', (question, expected) => {
    expect(expected().length).toBeGreaterThan(0);
    expect(ids(question)).toEqual(expected().map(({ _id }) => _id));
  });

  it('orders and limits', () => {
    const slowest = fixture.runs.toSorted((a, b) => b.responseTimeMs - a.responseTimeMs).slice(0, 3);
    expect(rows('show the 3 slowest runs').map((row) => row.responseTimeMs)).toEqual(
      slowest.map((run) => run.responseTimeMs),
    );
    expect(rows('list user names in descending order of age')[0]).toEqual({ name: 'User 24' });
  });

  it('counts groups, and keeps those that are large enough', () => {
    const expected = counted(fixture.users.map(({ country }) => country));
    expect(
      Object.fromEntries(rows('number of users per country').map(({ country, count }) => [country, count])),
    ).toEqual(expected);
    expect(rows('which countries have more than 8 users')).toEqual([{ country: 'DE' }]);
  });

  it('compares with the average over all', () => {
    const average = fixture.runs.reduce((sum, run) => sum + run.responseTimeMs, 0) / fixture.runs.length;
    const expected = fixture.runs.filter((run) => run.responseTimeMs > average).map(({ _id }) => _id);
    expect(ids('runs with response time above the average')).toEqual(expected);
  });

  it('joins by a known relation', () => {
    expect(ids('show agents that have runs')).toEqual(fixture.agents.map(({ _id }) => _id));
    expect(answerTo('show agents that have runs').plan.joins).toMatchObject([
      { collection: 'runs', localField: '_id', foreignField: 'agentId' },
    ]);
  });

  it('makes rows of nested documents', () => {
    const calls = fixture.agents.flatMap(({ tools }) =>
      tools.filter(({ label }) => label === 'search').map((tool) => tool.calls),
    );
    expect(rows('average calls of search tools')).toEqual([
      { avg_calls: calls.reduce((sum, one) => sum + one, 0) / calls.length },
    ]);
  });

  it('shows different values once', () => {
    expect(
      rows('what are the different countries')
        .map(({ country }) => country)
        .toSorted(),
    ).toEqual(['DE', 'FR', 'US']);
    expect(rows('how many different models are there for agents')).toEqual([{ count_model: 3 }]);
  });
});

describe('an answer', () => {
  it('says the plan in words, and the same question gives the same bytes', () => {
    const first = answerTo('how many failed runs per agent in the last 7 days');
    expect(first.readBack).toContain('where status is "failed" and startedAt within');
    expect(JSON.stringify(answerTo('how many failed runs per agent in the last 7 days'))).toBe(JSON.stringify(first));
    expect(JSON.stringify(compile(planSchema.parse(first.plan), catalogue))).toBe(JSON.stringify(first.mql));
  });

  it('reads days in the time zone that is given', () => {
    const found = translate('runs started today', catalogue, {
      now: new Date('2026-11-22T23:30:00Z'),
      timeZone: 'Asia/Tokyo',
    });
    expect(found).toMatchObject({
      kind: 'answer',
      mql: { filter: { startedAt: { $gte: new Date('2026-11-22T15:00:00Z'), $lt: new Date('2026-11-23T15:00:00Z') } } },
    });
  });
});

describe('what is not understood', () => {
  it.each([
    ['show agents with frobnicated widgets', 'frobnicated'],
    ['delete all agents', 'delete'],
    ['show retired invoices', 'invoices'],
  ])('%s names the words', (question, word) => {
    const found = translate(question, catalogue, options);
    expect(found.kind).toBe('abstention');
    expect(found.unmatched).toContain(word);
  });

  it.each([
    'which agents run more often than agent 7',
    'users that are not from the same country as User 3',
    'agents that cost the most',
    'show users and their favourite colour',
    'agents that ran today',
    'all agents but the retired ones',
    'agents and their runs',
    'tokens per user in October',
    'oldest agents',
    'top 10% of users',
    'median response time',
    '',
  ])('%s is not answered', (question) => {
    expect(translate(question, catalogue, options)).toMatchObject({ kind: 'abstention' });
  });

  it('asks for more confidence when told to', () => {
    const question = 'how many failed runs per agent in the last 7 days';
    expect(translate(question, catalogue, { ...options, confidence: 0.99 })).toMatchObject({
      kind: 'abstention',
      candidate: { readBack: answerTo(question).readBack },
    });
  });

  it('never throws, whatever is asked', () => {
    const words =
      'show count average of the per by with not more than 5 users runs agents status active failed May top "x" name without created before 2020 and or tools highest'.split(
        ' ',
      );
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (own) => {
        const found = translate(own.join(' '), catalogue, options);
        if (found.kind === 'answer') expect(planSchema.safeParse(found.plan).success).toBe(true);
      }),
      { numRuns: 500, seed: 7 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => translate(text, catalogue, options).confidence <= 1),
      { numRuns: 300, seed: 7 },
    );
  }, 60_000);
});
