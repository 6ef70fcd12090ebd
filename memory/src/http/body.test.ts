import { expect, test } from 'vitest';
import { Refusal } from '../api/errors.ts';
import { parseBody } from './body.ts';

const parse = (text: string) => parseBody('application/json', undefined, Buffer.from(text));
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Where the mistake is; undefined: there is none. */
function mistakeIn(text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.mistakes[0]?.pointer;
  }
}

test.each([
  ['U+0000', String.raw`{"a":"x\u0000"}`, '/a'],
  ['half of a pair', String.raw`{"a":["x","\ud83d"]}`, '/a/1'],
  ['a name with U+0000', String.raw`{"a\u0000":1}`, '/a\0'],
  ['__proto__', '{"a":{"__proto__":{}}}', '/a/__proto__'],
  ['__proto__, escaped', String.raw`{"\u005f_proto__":{}}`, '/__proto__'],
  ['__proto__, escaped at its end', String.raw`{"__proto_\u005f":{}}`, '/__proto__'],
  ['33 levels', nested(33), '/0'.repeat(32)],
])('%s is refused, and where it is is said', (_what, text, pointer) => {
  expect(mistakeIn(text)).toBe(pointer);
});

test.each([
  ['32 levels', nested(32)],
  ['more brackets than levels', `{"a":"${'['.repeat(100)}","b":[${'{},'.repeat(100)}{}]}`],
  ['escapes of what can be kept', String.raw`{"a":"\u0041\ud83d\ude00\n"}`],
  ['pairs as they are', '{"a":"😀"}'],
])('%s is taken', (_what, text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});
