import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { pack } from './pack.ts';
import { plain } from './plain.ts';

const tokensOf = (text: string) => countTokens(text, { disallowedSpecial: new Set() });
const passages = (...texts: readonly string[]) =>
  texts.map((text, index) => ({ id: `p${index}`, score: 1 / (index + 1), text }));
const long = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} says something of its own.`).join(' ');

describe('pack', () => {
  test('numbers passages as they are cited', () => {
    const { text, citations } = pack(passages('Tea is green.', 'Coffee is black.'), 100, tokensOf);
    expect(text).toBe('[1] Tea is green.\n\n[2] Coffee is black.');
    expect(citations.map(({ number, id, cut }) => [number, id, cut])).toEqual([
      [1, 'p0', false],
      [2, 'p1', false],
    ]);
  });

  test('says once what is said twice, with small changes or as a part', () => {
    const one = 'In Lisbon tea is drunk in the afternoon with custard tarts near the river';
    const { citations, leftOut } = pack(
      passages(
        `${one}.`,
        `${one.toUpperCase()}!`,
        'tea is drunk in the afternoon with custard tarts',
        'Trains run at night in Austria',
      ),
      1000,
      tokensOf,
    );
    expect(citations.map(({ id }) => id)).toEqual(['p0', 'p3']);
    expect(leftOut).toEqual([
      { id: 'p1', why: 'duplicate', of: 'p0' },
      { id: 'p2', why: 'duplicate', of: 'p0' },
    ]);
  });

  test('cuts the passage that does not fit at the end of a sentence', () => {
    const { text, tokens, citations } = pack(passages(long), 120, tokensOf);
    expect(citations).toMatchObject([{ cut: true }]);
    expect(text).toMatch(/of its own\. …$/);
    expect(tokens).toBeLessThanOrEqual(120);
    expect(tokens).toBeGreaterThan(100);
  });

  test('leaves out what has no room, and gives it to what is shorter', () => {
    const { citations, leftOut } = pack(passages('Tea is green.', long, 'Coffee is black.'), 30, tokensOf);
    expect(citations.map(({ id }) => id)).toEqual(['p0', 'p2']);
    expect(leftOut).toEqual([{ id: 'p1', why: 'no room' }]);
  });

  test('never passes its tokens, counts them exactly, and accounts for every passage', () => {
    const word = fc.constantFrom(
      'tea',
      'Lisbon.',
      '\n\n',
      '[9] ',
      '👍🏽',
      '<|endoftext|>',
      '](',
      '```',
      '東京',
      '\u200B',
      '<b>',
      '   ',
    );
    const texts = fc.array(
      fc.array(word, { maxLength: 80 }).map((words) => words.join(' ')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 50, max: 400 }), (all, most) => {
        const { text, tokens, citations, leftOut } = pack(passages(...all), most, tokensOf);
        expect(tokens).toBe(tokensOf(text));
        expect(tokens).toBeLessThanOrEqual(most);
        expect(citations.length + leftOut.length).toBe(all.length);
        // No passage can pass for two.
        expect(text.split('\n').filter((line) => line !== '')).toHaveLength(citations.length);
        expect(plain(text.replaceAll('\n\n', ' '))).toBe(text.replaceAll('\n\n', ' '));
      }),
    );
  });
});
