import { expect, test } from 'vitest';
import { memories, questions, random, zipf } from './texts.ts';

const some = (seed: number, count: number) => {
  const source = memories(seed);
  return Array.from({ length: count }, () => source.next().value);
};

test('the same seed gives the same memories and questions, another gives others', () => {
  expect(some(1, 50)).toEqual(some(1, 50));
  expect(some(1, 50)).not.toEqual(some(2, 50));
  expect(questions(1, 20)).toEqual(questions(1, 20));
});

test('the second rank is drawn half as often as the first, the hundredth a hundredth', () => {
  const draw = zipf(1000, random(7));
  const drawn = new Map<number, number>();
  for (let count = 0; count < 200_000; count++) {
    const rank = draw();
    drawn.set(rank, (drawn.get(rank) ?? 0) + 1);
  }
  const first = drawn.get(0) ?? 0;
  expect((drawn.get(1) ?? 0) / first).toBeCloseTo(1 / 2, 1);
  expect((drawn.get(99) ?? 0) / first).toBeCloseTo(1 / 100, 2);
  expect([...drawn.keys()].every((rank) => rank >= 0 && rank < 1000)).toBe(true);
});

test('few subjects have most memories, and questions ask for words that memories have', () => {
  const given = some(1, 20_000);
  const ofFirstTen = given.filter(({ subject }) => subject < 10).length;
  expect(ofFirstTen / given.length).toBeGreaterThan(0.35);
  const words = new Set(given.flatMap(({ text }) => text.split(' ')));
  const asked = questions(5, 100).flatMap(({ text }) => text.split(' '));
  expect(asked.filter((word) => words.has(word)).length / asked.length).toBeGreaterThan(0.9);
});
