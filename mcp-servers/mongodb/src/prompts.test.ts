import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseQuestions } from './prompts.ts';

const example = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');

it('takes the examples', () => {
  expect(parseQuestions(example('questions.example.yaml'), 'example').map(({ name }) => name)).toEqual([
    'failed_runs',
    'agents_by_status',
  ]);
  expect(Object.keys(parse(example('synonyms.example.yaml')))).toEqual(['collections', 'fields', 'values']);
});

it('tells every mistake of a file of questions', () => {
  const text = `questions:
  - { name: A B, title: x, question: y }
  - { name: two, title: x }
`;
  const twice = `questions:
  - { name: one, title: x, question: "of {a}", values: { b: agents.name } }
  - { name: one, title: x, question: y }
`;
  const problems = (given: string) => {
    try {
      parseQuestions(given, 'q.yaml');
    } catch (error) {
      if (error instanceof SettingsMistakes) return error.problems.map(({ path }) => path);
    }
    return [];
  };
  expect(problems(text)).toEqual(['questions.0.name', 'questions.1.question']);
  expect(problems(twice)).toEqual(['questions.0.values.b', 'questions.1.name']);
});
