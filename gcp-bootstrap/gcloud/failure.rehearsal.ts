/** Every refusal by every family that the steps read; `failure.it.test.ts` has a sample. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answers, familiesOf, type Kind, startUniformGoogle, type UniformGoogle } from './uniform-google-for-tests.ts';

let google: UniformGoogle;
beforeAll(async () => {
  google = await startUniformGoogle();
});
afterAll(() => google.stop());

test.each(Object.keys(answers) as Kind[])('%s is told for what it is by every family', async (kind) => {
  const asked = familiesOf(kind);
  expect(await google.kindsOf(kind, asked)).toEqual(Object.fromEntries(asked.map((name) => [name, kind])));
  expect(google.leaks).toEqual([]);
});
