import { expect, it } from 'vitest';
import { plainText, tokens } from './tokens.ts';
import { isPlural, singular, stem } from './words.ts';

const texts = (text: string) => tokens(plainText(text)).map(({ kind, text: own }) => `${kind} ${own}`);

it('keeps quoted text whole, with any quotation marks', () => {
  expect(texts('named “New York.”')).toEqual(['word named', 'quoted New York']);
  expect(texts("the team 'Blue Jays'")).toEqual(['word the', 'word team', 'quoted Blue Jays']);
});

it('reads numbers with separators, and leaves names with digits alone', () => {
  expect(texts('over 20,000 or 3.8')).toEqual(['word over', 'number 20000', 'word or', 'number 3.8']);
  expect(texts('gpt4')).toEqual(['word gpt4']);
});

it('undoes contractions and keeps the possessive', () => {
  expect(texts("runs that don't fail")).toEqual(['word runs', 'word that', 'word do', 'word not', 'word fail']);
  expect(texts("the agent's name")).toEqual(['word the', 'word agent', "word 's", 'word name']);
});

it('knows the singular and the stem of a word', () => {
  expect(['agents', 'cities', 'status', 'classes', 'people', 'address'].map(singular)).toEqual([
    'agent',
    'city',
    'status',
    'class',
    'person',
    'address',
  ]);
  expect(['runs', 'status', 'bus'].map(isPlural)).toEqual([true, false, false]);
  expect(new Set(['enroll', 'enrolled', 'enrolling', 'enrolls'].map(stem)).size).toBe(1);
});
