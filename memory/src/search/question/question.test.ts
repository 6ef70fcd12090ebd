import { describe, expect, test } from 'vitest';
import { formsAskedFor, looksLike } from './answer-form.ts';
import { readQuestion } from './question.ts';

const now = Date.UTC(2023, 9, 20, 12);

test('a question is read into stems, each once, and the times that it names', () => {
  const { terms, intervals } = readQuestion('Which dogs did Ana’s dog meet yesterday?', { now });
  expect(terms).toEqual(['dog', 'ana', 'meet', 'yesterdai']);
  expect(intervals).toEqual([{ from: Date.UTC(2023, 9, 19), to: Date.UTC(2023, 9, 20) }]);
});

describe('the form of an answer', () => {
  test.each([
    ['When did she move?', 'We moved last summer', 'The move was hard'],
    ['Where does he live?', 'I am from Lisbon', 'I like it a lot'],
    ['Who taught him?', 'My aunt showed me how', 'It took a while'],
    ['How many cats are there?', 'I have three', 'I have cats'],
    ['Why did they leave?', 'Because it rained', 'It was a Sunday'],
  ])('%s', (question, answer, other) => {
    const forms = formsAskedFor(question);
    expect(looksLike(forms, answer)).toBeGreaterThan(looksLike(forms, other));
  });

  test('is none in particular for most questions', () => {
    expect(formsAskedFor('What painting did she show?')).toEqual([]);
    expect(looksLike([], 'In 2022, in Lisbon, with my aunt')).toBe(0);
  });
});
