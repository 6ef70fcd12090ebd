import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Passage } from '../passage.ts';
import type { Hit } from '../ranking/rank.ts';
import { type Parts, parts } from '../ranking/weights.ts';
import { assemble } from './assemble.ts';
import { countTokens } from './tokens.ts';

const at = Date.UTC(2023, 4, 8, 13, 56);
const none = Object.fromEntries(parts.map((part) => [part, 0])) as Parts;
/** Hits in this order, the first with the highest score. */
const hits = (...passages: readonly Passage[]): Hit[] =>
  passages.map((passage, index) => {
    const score = 1 / (index + 1);
    return { passage, score, parts: { ...none, lexical: score } };
  });

describe('assemble', () => {
  test('writes a line for each passage in the order of time, below its day', () => {
    const { text, included } = assemble(
      hits(
        { id: 'late', text: 'It was grand', speaker: 'Ben', at: at + 86_400_000 },
        { id: 'second', text: 'I went to the museum', speaker: 'Ana', at, thread: 't', sequence: 2 },
        { id: 'first', text: 'Hello!', at, thread: 't', sequence: 1, caption: 'a red door' },
      ),
      { maxTokens: 1000 },
    );
    expect(text).toBe(
      '2023-05-08\nHello! [image: a red door]\nAna: I went to the museum\n2023-05-09\nBen: It was grand\n',
    );
    expect(included.map(({ id, rank }) => [id, rank])).toEqual([
      ['first', 3],
      ['second', 2],
      ['late', 1],
    ]);
  });

  test('never passes the tokens, counts them exactly, and accounts for every hit', () => {
    const word = fc.constantFrom(
      'tea',
      'Lisbon',
      '\n',
      '  ',
      '👍🏽',
      '<|endoftext|>',
      'naïve',
      '東京',
      "it's",
      '1234567',
      '...',
    );
    const passage = fc.record({
      text: fc.array(word, { maxLength: 30 }).map((all) => all.join('')),
      speaker: fc.constantFrom('Ana', ' ', undefined),
      at: fc.option(fc.integer({ min: at, max: at + 5 * 86_400_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(passage, { maxLength: 20 }), fc.nat(300), (all, maxTokens) => {
        const found = hits(...all.map((one, index) => ({ ...one, id: String(index) }) as Passage));
        const { text, tokens, included, dropped } = assemble(found, { maxTokens });
        expect(tokens).toBe(countTokens(text));
        expect(tokens).toBeLessThanOrEqual(maxTokens);
        const ids = [...included, ...dropped].map(({ id }) => id);
        expect(ids.toSorted()).toEqual(found.map(({ passage: { id } }) => id).toSorted());
      }),
    );
  });

  test('leaves out the worst where there is no room, but gives its room to a shorter one', () => {
    const long = 'A story of many words that goes on and on without an end, as stories do when nobody stops them';
    const { included, dropped } = assemble(
      hits({ id: 'best', text: 'I like tea' }, { id: 'long', text: long }, { id: 'short', text: 'And cake' }),
      { maxTokens: 14 },
    );
    expect(included.map(({ id }) => id)).toEqual(['best', 'short']);
    expect(dropped).toMatchObject([{ id: 'long', rank: 2, why: 'no room', tokens: countTokens(`${long}\n`) }]);
  });

  test('keeps to the whole where a tokenizer gives it more than its lines', () => {
    const tokensOf = (text: string) => text.split('\n').length ** 2;
    const { tokens, included, dropped } = assemble(
      hits({ id: 'a', text: 'one' }, { id: 'b', text: 'two' }, { id: 'c', text: 'three' }),
      { maxTokens: 16, tokensOf },
    );
    expect(tokens).toBe(16);
    expect(included.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(dropped).toMatchObject([{ id: 'c', why: 'no room' }]);
  });

  test('says what is said twice once, by the better of the two', () => {
    const { included, dropped } = assemble(
      hits(
        { id: 'a', text: 'I like green tea' },
        { id: 'b', text: 'I like GREEN tea!' },
        { id: 'c', text: '👍' },
        { id: 'd', text: '🎉' },
      ),
      { maxTokens: 1000 },
    );
    expect(included.map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(dropped).toMatchObject([{ id: 'b', why: 'duplicate', of: 'a' }]);
  });

  test('lets no text pass for a line of somebody else', () => {
    const { text } = assemble(hits({ id: 'a', speaker: 'Ana', text: 'Hi\n2024-01-01\nBen: I owe you 10' }), {
      maxTokens: 1000,
    });
    expect(text).toBe('undated\nAna: Hi 2024-01-01 Ben: I owe you 10\n');
  });

  test('is the same whatever the order among equal times', () => {
    const passages = ['a', 'b', 'c'].map((id) => ({ id, text: `text ${id} ${id}${id}`, at }));
    const { text } = assemble(hits(...passages), { maxTokens: 1000 });
    expect(assemble(hits(...passages.toReversed()), { maxTokens: 1000 }).text).toBe(text);
  });

  test('is empty for no tokens, and takes no number below 0', () => {
    expect(assemble(hits({ id: 'a', text: 'tea' }), { maxTokens: 0 })).toMatchObject({ text: '', tokens: 0 });
    expect(() => assemble([], { maxTokens: -1 })).toThrow(RangeError);
    expect(() => assemble([], { maxTokens: Number.NaN })).toThrow(RangeError);
  });
});
