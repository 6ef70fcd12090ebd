import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { type ProblemCode, problems, Refusal } from '../api/errors.ts';
import { addDocuments } from './documents.ts';
import { toldOf } from './problem.ts';

const codes = Object.keys(problems) as ProblemCode[];

test('docs/problems.md has every problem, as the API tells it, and what to do', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/problems.md'), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  const documented = sections.map((section) => {
    const [code = '', told = '', ...advice] = section.trim().split(/\n{2,}/);
    const [, status, title] = /^Status (\d+)\. (.+)\.$/.exec(told) ?? [];
    return { code, status: Number(status), title, hasAdvice: advice.join('').length > 20 };
  });
  expect(documented).toEqual(codes.map((code) => ({ code, ...problems[code], hasAdvice: true })));
});

test('the type of every problem leads to a text of the running service', async () => {
  const http = Fastify();
  addDocuments(http);
  for (const code of codes) {
    const { type, title } = toldOf(new Refusal(code, 'detail')).problem;
    const { pathname, hash } = new URL(type, 'http://127.0.0.1');
    const { statusCode, body } = await http.inject(pathname);
    expect(statusCode, type).toBe(200);
    const [, row = ''] = body.split(`id="${hash.slice(1)}"`);
    expect(row.split('</tr>')[0], type).toContain(`<td>${title}</td>`);
  }
  await http.close();
});
