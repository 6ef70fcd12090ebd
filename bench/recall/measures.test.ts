import { describe, expect, test } from 'vitest';
import { onePart } from './bm25.ts';
import { mean, scores } from './measures.ts';

const hits = Array.from({ length: 30 }, (_, index) => ({
  passage: { id: `h${index + 1}`, text: `Passage ${index + 1} says ${'word '.repeat(20)}${index}` },
  score: 1 / (index + 1),
  parts: onePart('lexical', 1 / (index + 1)),
}));

describe('scores', () => {
  test('are the share of the evidence among the first', () => {
    const found = scores(['h1', 'h8', 'h15', 'missing'], hits);
    expect(found).toMatchObject({
      'recall at 1': 0.25,
      'recall at 5': 0.25,
      'recall at 10': 0.5,
      'recall at 20': 0.75,
      'all evidence at 10': 0,
    });
    expect(scores(['h10', 'h2'], hits)['all evidence at 10']).toBe(1);
  });

  test('within a budget of tokens grow with it', () => {
    const found = scores(['h1', 'h25'], hits);
    expect(found['evidence within 512 tokens']).toBe(0.5);
    expect(found['evidence within 4096 tokens']).toBe(1);
  });
});

test('means are percent over questions', () => {
  const all = [scores(['h1'], hits), scores(['missing'], hits), scores(['missing'], hits)];
  expect(mean(all, 'recall at 1')).toBe(33.3);
});
