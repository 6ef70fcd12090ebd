import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LexicalIndex } from '../lexical/lexical-index.ts';
import type { Passage } from '../passage.ts';
import { readQuestion } from '../question/question.ts';
import { type Hit, rank } from './rank.ts';
import { parts, weights } from './weights.ts';

const now = Date.UTC(2023, 9, 20, 12);
const day = 86_400_000;

function ask(text: string, passages: readonly Passage[]): Hit[] {
  const index = new LexicalIndex();
  for (const passage of passages) index.add(passage);
  const question = readQuestion(text, { now });
  return rank(question, passages, index.statistics(question.terms), { now, limit: 100 });
}
const ids = (hits: readonly Hit[]) => hits.map(({ passage }) => passage.id);
const best = (text: string, passages: readonly Passage[]) => ids(ask(text, passages))[0];

describe('a score', () => {
  const name = fc.constantFrom('Ana', 'Ben', undefined);
  const vocabulary = 'dog dogs painted yesterday Lisbon I why ? three because 2023 hike my museum the'.split(' ');
  const passage = fc.record({
    text: fc.array(fc.constantFrom(...vocabulary), { maxLength: 12 }).map((all) => all.join(' ')),
    speaker: name,
    at: fc.option(fc.integer({ min: now - 500 * day, max: now + day }), { nil: undefined }),
    importance: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    similarity: fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined }),
    thread: fc.constantFrom('one', 'two', undefined),
  });
  const pool = fc
    .array(passage, { maxLength: 30 })
    .map((all) => all.map((one, sequence) => ({ ...one, id: String(sequence), sequence }) as Passage));
  const question = fc.constantFrom(
    'When did Ana paint the dog?',
    'Where did Ben hike yesterday?',
    'Why three museums in 2023?',
    'Ana',
  );

  test('is the sum of its parts to the last bit, each from 0 to its weight', () => {
    fc.assert(
      fc.property(question, pool, (text, passages) => {
        for (const { score, parts: given } of ask(text, passages)) {
          expect(parts.reduce((sum, part) => sum + given[part], 0)).toBe(score);
          for (const part of parts) {
            expect(given[part]).toBeGreaterThanOrEqual(0);
            expect(given[part]).toBeLessThanOrEqual(weights[part] + Number.EPSILON);
          }
        }
      }),
    );
  });

  test('is from 0 to 1, and falls along the hits', () => {
    expect(parts.reduce((sum, part) => sum + weights[part], 0)).toBeCloseTo(1, 12);
    fc.assert(
      fc.property(question, pool, (text, passages) => {
        const scores = ask(text, passages).map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((one, other) => other - one));
        expect(Math.max(0, ...scores)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('ranking', () => {
  test('finds the answer to a question that was asked just before it, though it has no word of it', () => {
    const told: Passage[] = [
      { id: 'hello', text: 'Good morning to you', thread: 't', sequence: 0 },
      { id: 'asked', text: 'What instrument do you play?', thread: 't', sequence: 1 },
      { id: 'answer', text: 'Mostly the clarinet, since I was eight', thread: 't', sequence: 2 },
      { id: 'other', text: 'I love the sea in winter, it is so calm', thread: 'u', sequence: 0 },
    ];
    expect(best('Which instrument does she play?', told)).toBe('answer');
  });

  test('prefers what the one who is named said', () => {
    const said = (id: string, speaker: string): Passage => ({ id, speaker, text: 'I adopted a kitten' });
    expect(best('What did Ben adopt?', [said('ana', 'Ana'), said('ben', 'Ben')])).toBe('ben');
  });

  test('prefers what was said at the time that is named, and what tells of it', () => {
    const hike = (id: string, at: number, text = 'We went on a hike'): Passage => ({ id, at, text });
    const early = hike('early', Date.UTC(2023, 2, 4));
    const late = hike('late', Date.UTC(2023, 7, 4));
    expect(best('Where was the hike in March 2023?', [late, early])).toBe('early');
    const told = hike('told', Date.UTC(2023, 7, 30), 'We went on a hike on 4 March');
    expect(best('Where was the hike on 4 March 2023?', [late, told])).toBe('told');
  });

  test('prefers the form of an answer that is asked for', () => {
    const passages = [
      { id: 'vague', text: 'The move to the flat was hard' },
      { id: 'dated', text: 'The move to the flat was last summer' },
    ];
    expect(best('When was the move to the flat?', passages)).toBe('dated');
  });

  test('finds by meaning alone what shares no word', () => {
    const passages = [
      { id: 'far', text: 'The train was late', similarity: 0.05 },
      { id: 'near', text: 'Our puppy chewed the sofa', similarity: 0.7 },
    ];
    expect(best('dog furniture damage', passages)).toBe('near');
  });

  test('of what is alike the newer, the more important is first', () => {
    const text = 'I prefer tea';
    const old = { id: 'old', text, at: now - 90 * day };
    expect(best('tea', [old, { id: 'new', text, at: now - day }])).toBe('new');
    expect(
      best('tea', [
        { id: 'note', text },
        { id: 'vital', text, importance: 1 },
      ]),
    ).toBe('vital');
  });

  test('gives no hit that has nothing to do with the question, however new or important', () => {
    expect(ask('zebra', [{ id: 'new', text: 'I like long walks', at: now, importance: 1 }])).toEqual([]);
  });

  test('keeps the order of the pool among equals, and to the limit', () => {
    const passages = ['a', 'b', 'c'].map((id) => ({ id, text: 'tea' }));
    expect(ids(ask('tea', passages))).toEqual(['a', 'b', 'c']);
    const question = readQuestion('tea', { now });
    const statistics = { documents: 3, averageLength: 1, frequency: new Map([['tea', 3]]) };
    expect(ids(rank(question, passages, statistics, { now, limit: 2 }))).toEqual(['a', 'b']);
  });

  test('ranks by words where the index cannot tell how common they are, or does not have the newest passage yet', () => {
    const passages = [
      { id: 'common', text: 'I had tea and cake' },
      { id: 'both', text: 'I had tea and a croissant' },
      { id: 'more', text: 'We had tea' },
    ];
    const question = readQuestion('tea croissant', { now });
    for (const frequency of [new Map<string, number>(), new Map([['tea', 2]])]) {
      const statistics = { documents: frequency.size * 2, averageLength: 0, frequency };
      const hits = rank(question, passages, statistics, { now, limit: 3 });
      expect(hits[0]?.passage.id).toBe('both');
      expect(hits[0]?.parts.lexical).toBeGreaterThan(hits[1]?.parts.lexical ?? 1);
    }
  });

  test('puts a fact of no thread above a remark of a long talk that has no more of the question', () => {
    const talk = ['Good morning', 'I play the clarinet', 'How nice'].map((text, sequence) => ({
      id: text,
      text,
      thread: 't',
      sequence,
    }));
    expect(best('Does she play the clarinet?', [...talk, { id: 'fact', text: 'I play the clarinet' }])).toBe('fact');
  });

  test('a fact that names somebody is found by the name, also once somebody of that name has spoken', () => {
    const fact = { id: 'fact', text: 'Ana moved to Lisbon in May' };
    const hello = { id: 'hello', text: 'Hello, harbour', speaker: 'Ana', thread: 'talk', sequence: 1 };
    expect(ids(ask('where does Ana live', [fact]))).toEqual(['fact']);
    expect(ids(ask('where does Ana live', [hello, fact]))).toContain('fact');
  });

  test('a name alone finds whoever has it', () => {
    const passages = [
      { id: 'ana', speaker: 'Ana', text: 'The weather is fine' },
      { id: 'ben', speaker: 'Ben', text: 'The weather is fine' },
    ];
    expect(best('Ben?', passages)).toBe('ben');
  });
});
