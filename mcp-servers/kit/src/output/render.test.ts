import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import type { Answer, Format } from '../tools/tool.ts';
import { render } from './render.ts';
import { asUntrusted, type Untrusted } from './untrusted.ts';

const cursorOf = (state: unknown) => `cursor-${JSON.stringify(state)}`;
const rows = [
  { name: 'a|b', count: 1, when: new Date(0), tags: ['x'] },
  { name: 'c,"d"', count: null, extra: 'line\nbreak' },
];
const answerOf = (format: Format): Answer<Record<string, unknown>> => ({
  kind: 'answer',
  structured: {},
  text: [{ kind: 'rows', rows, source: 'test', format }],
});

test.each<[Format, string]>([
  [
    'table',
    'name | count | when | tags | extra\na\\|b | 1 | 1970-01-01T00:00:00.000Z | ["x"] | \nc,"d" |  |  |  | line ⏎ break',
  ],
  [
    'markdown',
    '| name | count | when | tags | extra |\n| --- | --- | --- | --- | --- |\n| a\\|b | 1 | 1970-01-01T00:00:00.000Z | ["x"] |  |\n| c,"d" |  |  |  | line ⏎ break |',
  ],
  ['csv', 'name,count,when,tags,extra\na|b,1,1970-01-01T00:00:00.000Z,"[""x""]",\n"c,""d""",,,,line ⏎ break'],
  [
    'ndjson',
    '{"name":"a|b","count":1,"when":"1970-01-01T00:00:00.000Z","tags":["x"]}\n{"name":"c,\\"d\\"","count":null,"extra":"line ⏎ break"}',
  ],
])('rows as %s, within a fence with an id that data cannot know', async (format, text) => {
  const rendered = await render(answerOf(format), { tokens: 1000, cursorOf });
  const [, id, inside] =
    /^<untrusted-data-([0-9a-f]{12}) source="test">\n([\s\S]*)\n<\/untrusted-data-\1>$/.exec(rendered.text) ?? [];
  expect(inside).toBe(text);
  const again = await render(answerOf(format), { tokens: 1000, cursorOf });
  expect(again.text).not.toContain(id);
});

test('a cell that a spreadsheet would calculate is a text', async () => {
  const answer = {
    ...answerOf('csv'),
    text: [{ kind: 'rows', rows: [{ a: '=cmd()', b: '-1', c: '-x' }], source: 's', format: 'csv' }],
  } as const;
  expect((await render(answer, { tokens: 1000, cursorOf })).text).toContain("'=cmd(),-1,'-x");
});

const many = Array.from({ length: 400 }, (_, index) => ({
  name: `agent number ${index}`,
  note: 'some words of a note',
}));
const long = (rest?: Answer<unknown>['rest']): Answer<Record<string, unknown>> => ({
  kind: 'answer',
  structured: { found: asUntrusted('agents', many), count: 400 },
  text: [
    { kind: 'note', text: '400 agents' },
    { kind: 'rows', rows: many, source: 'agents' },
  ],
  ...(rest !== undefined && { rest }),
});

test('what does not fit is left out in both forms alike, and the cursor goes on exactly there', async () => {
  const { text, structured, omitted } = await render(long({ more: false, after: (shown) => ({ from: shown }) }), {
    tokens: 1000,
    cursorOf,
  });
  const found = structured.found as Untrusted<unknown>;
  const shown = found.rows.length;
  expect(shown).toBeGreaterThan(20);
  expect(omitted).toBe(400 - shown);
  expect(found).toMatchObject({ omitted, cursor: `cursor-{"from":${shown}}` });
  expect(text).toContain(`Rows 1 to ${shown} of 400 are shown`);
  expect(text).toContain(`agent number ${shown - 1} |`);
  expect(text).not.toContain(`agent number ${shown} |`);
  expect(countTokens(text)).toBeLessThanOrEqual(1000);
  expect(countTokens(JSON.stringify(found.rows))).toBeLessThanOrEqual(1000);
});

test('without a way on it says to ask for less', async () => {
  const { text } = await render(long(), { tokens: 500, cursorOf });
  expect(text).toContain('Ask for fewer rows or fields');
});

test('a tool that has more rows than it gave gets a cursor though nothing was cut', async () => {
  const few = many.slice(0, 2);
  const { structured, text } = await render(
    {
      kind: 'answer',
      structured: { found: asUntrusted('agents', few) },
      text: [{ kind: 'rows', rows: few, source: 'agents' }],
      rest: { more: true, after: (shown) => shown },
    },
    { tokens: 1000, cursorOf },
  );
  expect(structured.found).toMatchObject({ cursor: 'cursor-2', rows: few });
  expect(text).toContain('cursor "cursor-2"');
});

test('one row at least is shown, so that calls with a cursor come to an end', async () => {
  const huge = [{ text: 'word '.repeat(20_000) }, { text: 'b' }];
  const { structured } = await render(
    {
      kind: 'answer',
      structured: { found: asUntrusted('x', huge) },
      text: [{ kind: 'rows', rows: huge, source: 'x' }],
      rest: { more: false, after: (shown) => shown },
    },
    { tokens: 300, cursorOf },
  );
  expect(structured.found).toMatchObject({ cursor: 'cursor-1', omitted: 1 });
  expect(JSON.stringify(structured)).toMatch(/more characters/);
  expect(countTokens(JSON.stringify(structured))).toBeLessThanOrEqual(600);
});

test('a long passage is cut, and says so', async () => {
  const { text } = await render(
    { kind: 'answer', structured: {}, text: [{ kind: 'passage', text: 'word '.repeat(5000), source: 'x' }] },
    { tokens: 400, cursorOf },
  );
  expect(text).toMatch(/… \(\d+ more characters\)/);
  expect(countTokens(text)).toBeLessThanOrEqual(400);
});

test('what comes after the budget is spent is not shown whole', async () => {
  const passage = { kind: 'passage', text: 'word '.repeat(5000), source: 'x' } as const;
  const { text } = await render(
    { kind: 'answer', structured: {}, text: [passage, { ...passage }] },
    { tokens: 400, cursorOf },
  );
  expect(text).toContain('… (25000 more characters)');
  expect(countTokens(text)).toBeLessThanOrEqual(400);
});

test('data in the structured part is as harmless as in the text; of the rest, only what is invisible goes', async () => {
  const hostile = [{ 'na\u200Bme': '![x](http://evil.example)', id: 7 }];
  const { structured } = await render(
    { kind: 'answer', structured: { query: 'a\u202E<b>', nested: { found: asUntrusted('s', hostile) } }, text: [] },
    { tokens: 1000, cursorOf },
  );
  expect(structured).toEqual({
    query: 'a<b>',
    nested: { found: { trust: 'untrusted', source: 's', rows: [{ name: '![x] (http://evil.example)', id: 7 }] } },
  });
});
