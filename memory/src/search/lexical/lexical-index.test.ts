import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Passage } from '../passage.ts';
import { readQuestion } from '../question/question.ts';
import { LexicalIndex } from './lexical-index.ts';
import { Postings } from './postings.ts';

const now = Date.UTC(2023, 9, 20, 12);
const day = 86_400_000;
const of = (passages: readonly Passage[]) => {
  const index = new LexicalIndex();
  for (const passage of passages) index.add(passage);
  return index;
};
const search = (index: LexicalIndex, text: string, similarities?: ReadonlyMap<string, number>) =>
  index.search(readQuestion(text, { now }), { now, limit: 50, ...(similarities && { similarities }) });
const ids = (hits: ReturnType<typeof search>) => hits.map(({ passage }) => passage.id);

describe('LexicalIndex', () => {
  test('finds a passage as soon as it is added, and not any more once it is removed', () => {
    const index = of([{ id: 'a', text: 'The clarinet is mine', speaker: 'Ana', at: now, thread: 't', sequence: 0 }]);
    expect(ids(search(index, 'clarinets'))).toEqual(['a']);
    expect(index.remove('a')).toBe(true);
    expect(index.remove('a')).toBe(false);
    expect(search(index, 'clarinets')).toEqual([]);
    expect(index.size).toBe(0);
  });

  test('replaces the passage of an id', () => {
    const index = of([{ id: 'a', text: 'a clarinet' }]);
    index.add({ id: 'a', text: 'a violin' });
    expect(ids(search(index, 'clarinet'))).toEqual([]);
    expect(ids(search(index, 'violin'))).toEqual(['a']);
    expect(index.size).toBe(1);
  });

  test('brings in what stands beside a find in its thread', () => {
    const index = of([
      { id: 'asked', text: 'Which instrument do you play?', thread: 't', sequence: 7 },
      { id: 'answer', text: 'The clarinet!', thread: 't', sequence: 8 },
      { id: 'elsewhere', text: 'The oboe!', thread: 'u', sequence: 8 },
    ]);
    expect(ids(search(index, 'instrument'))).toEqual(expect.arrayContaining(['asked', 'answer']));
    expect(ids(search(index, 'instrument'))).not.toContain('elsewhere');
  });

  test('finds by the date alone', () => {
    const index = of([
      { id: 'then', text: 'All quiet here', at: Date.UTC(2023, 9, 19, 8) },
      { id: 'long ago', text: 'All quiet here', at: now - 100 * day },
    ]);
    expect(ids(search(index, 'What did they talk of yesterday?'))).toEqual(['then']);
  });

  test('finds what dense retrieval found, and skips ids that it does not have', () => {
    const index = of([{ id: 'a', text: 'Our puppy chewed the sofa' }]);
    const similarities = new Map([
      ['a', 0.8],
      ['gone', 0.9],
    ]);
    expect(ids(search(index, 'dog', similarities))).toEqual(['a']);
  });

  test('after any adding and removing searches as one that never had the others', () => {
    const text = fc.array(fc.constantFrom('dog', 'cat', 'Lisbon', 'hike', 'tea', '?'), { minLength: 1, maxLength: 6 });
    const passage = fc.record({
      id: fc.nat(9).map(String),
      text: text.map((all) => all.join(' ')),
      speaker: fc.constantFrom('Ana', 'Ben'),
      at: fc.integer({ min: now - 20 * day, max: now }),
      thread: fc.constantFrom('t', 'u'),
    });
    const step = fc.record({ passage, keep: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const index = new LexicalIndex();
        const living = new Map<string, Passage>();
        steps.forEach(({ passage: given, keep }, sequence) => {
          const placed = { ...given, sequence };
          living.delete(placed.id);
          if (keep) {
            index.add(placed);
            living.set(placed.id, placed);
          } else index.remove(placed.id);
        });
        const fresh = of([...living.values()]);
        for (const question of ['dog hike', 'What did Ana say yesterday?', 'tea in Lisbon'])
          expect(search(index, question)).toEqual(search(fresh, question));
      }),
    );
  });
});

describe('Postings', () => {
  test('read the newest first, and no more than asked for', () => {
    const postings = new Postings();
    for (let number = 0; number < 1000; number++) postings.add(number, 1, 5);
    postings.remove(998);
    const read: number[] = [];
    postings.newest(3, (number) => read.push(number));
    expect(read).toEqual([999, 997, 996]);
  });
});
