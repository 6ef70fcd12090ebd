import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, indexedStems } from './analyse.ts';
import { words } from './words.ts';

describe('words', () => {
  test.each([
    ["Anna's CAFÉ, naïve", ['anna', 'cafe', 'naive']],
    ['don’t — I’ve 2 dogs', ['dont', 'ive', '2', 'dogs']],
    ['ＡＢＣ ﬁne', ['abc', 'fine']],
    ['東京都 hotel', ['東京', '京都', 'hotel']],
    ['हिन्दी', ['हिन्दी']],
    ['한국어', ['한국어']],
    ['👍 !?', []],
  ])('of %j are %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('are the same whatever the case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(words(text.toUpperCase())).toEqual(words(text));
      }),
    );
  });
});

describe('analyse', () => {
  test.each([
    ['went', 'go'],
    ['children', 'child'],
    ['bought', 'buying'],
    ['painted', 'paintings'],
    ['hiking', 'hikes'],
    ['mice', 'mouse'],
  ])('leads %s and %s to one stem', (one, other) => {
    expect(analyse(one)).toEqual(analyse(other));
  });

  test('keeps unlike words apart', () => {
    expect(new Set(['paint', 'pain', 'plant', 'planet'].flatMap(analyse)).size).toBe(4);
  });

  test('leaves out words that say nothing about the subject, in any spelling of their apostrophe', () => {
    expect(analyse("What did they do? They didn't, and he didn’t")).toEqual([]);
  });

  test('keeps the order of a text and what it repeats', () => {
    expect(analyse('dogs and a cat and a dog')).toEqual(['dog', 'cat', 'dog']);
  });
});

test('an index holds speaker, text and caption', () => {
  const passage = { id: '1', speaker: 'Ana', text: 'Look at this!', caption: 'two dogs on a beach' };
  expect(indexedStems(passage)).toEqual(['ana', 'look', 'two', 'dog', 'beach']);
});
