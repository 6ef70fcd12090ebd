/** What the real gcloud says when Google refuses: nothing but "not there" is taken for "not there". */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  answers,
  families,
  familiesOf,
  type Kind,
  startUniformGoogle,
  type UniformGoogle,
} from './uniform-google-for-tests.ts';

/** Of each kind so many families, others with each seed; `failure.rehearsal.ts` asks all. */
const SAMPLE = 4;
const seed = Number(process.env.SEED ?? Date.now());

let google: UniformGoogle;
beforeAll(async () => {
  google = await startUniformGoogle();
});
afterAll(() => google.stop());

describe.each(Object.keys(answers) as Kind[])(`%s (SEED=${seed})`, (kind) => {
  test('is told for what it is by a sample of families, and nothing leaves the machine', async () => {
    const all = familiesOf(kind);
    const from = (seed + Object.keys(answers).indexOf(kind) * SAMPLE) % all.length;
    const asked = [...all, ...all].slice(from, from + SAMPLE);
    expect(await google.kindsOf(kind, asked)).toEqual(Object.fromEntries(asked.map((name) => [name, kind])));
    expect(google.leaks).toEqual([]);
  });
});

test('an answer that does not come is a timeout, and says that a run goes on where it stopped', async () => {
  google.answer = 'silence';
  const failure = await google.failing(families.secretmanager ?? [], 3000);
  expect(failure).toMatchObject({ kind: 'timeout', fix: expect.stringContaining('waited for, not begun anew') });
});

test('a failure shows the command and never what it was given', async () => {
  google.answer = answers.denied;
  const failure = await google.gcloud
    .once({
      words: ['secrets', 'versions', 'add', 'orchestra-openrouter-api-key', '--data-file=-'],
      input: async () => 'sk-very-secret',
    })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'denied',
    command: 'gcloud secrets versions add orchestra-openrouter-api-key --data-file=-',
  });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('sk-very-secret');
});
