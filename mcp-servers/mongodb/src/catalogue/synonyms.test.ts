import { expect, it } from 'vitest';
import { catalogue, now } from '../translate.fixture.ts';
import { translate } from '../translate.ts';
import { parseSynonyms } from './synonyms.ts';

it('gives collections, fields and values further names', () => {
  const parsed = parseSynonyms(
    {
      collections: { agents: ['bots'] },
      fields: { 'runs.responseTimeMs': ['lag'] },
      values: { 'agents.status': { retired: ['put to rest'] } },
    },
    catalogue,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const own = { ...catalogue, synonyms: parsed.synonyms };
  const ask = (question: string) => translate(question, own, { now, timeZone: 'UTC' });
  expect(ask('show bots that are put to rest')).toMatchObject({
    kind: 'answer',
    mql: { collection: 'agents', filter: { status: 'retired' } },
  });
  expect(ask('average lag by model')).toMatchObject({
    kind: 'answer',
    plan: { group: { measures: [{ path: 'responseTimeMs' }] } },
  });
  expect(translate('show bots', catalogue, { now, timeZone: 'UTC' }).kind).toBe('abstention');
});

it('tells every name that the database does not have, with what to do', () => {
  const parsed = parseSynonyms(
    { collections: { agnts: ['bots'] }, fields: { 'runs.lag': ['x'] }, values: { 'agents.status': { gone: ['y'] } } },
    catalogue,
  );
  expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual([
    'collections.agnts',
    'fields.runs.lag',
    'values.agents.status.gone',
  ]);
  expect(parsed.ok ? '' : parsed.problems[2]?.allowed).toContain('active');
});

it('tells a file of another shape', () => {
  const parsed = parseSynonyms({ tables: {}, fields: { 'runs.status': 'state' } }, catalogue);
  expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path).toSorted()).toEqual(['', 'fields.runs.status']);
});
