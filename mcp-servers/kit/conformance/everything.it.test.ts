import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Revision, runRequirements, scoredScenarios } from '../src/testing/conformance.ts';
import { startEverything } from './everything.ts';

let server: Awaited<ReturnType<typeof startEverything>>;
beforeAll(async () => {
  server = await startEverything();
});
afterAll(() => server.stop());

test.each<[Revision, number]>([
  ['2026-07-28', 37],
  ['2025-11-25', 30],
])('every scored scenario of %s passes on the HTTP stack', async (revision, count) => {
  const scored = scoredScenarios(revision);
  expect(scored).toHaveLength(count);
  const results = (await runRequirements(server.url, revision)).filter(({ scenario }) => scored.includes(scenario));
  const passed = results.reduce((sum, one) => sum + one.passed, 0);
  console.log(`${revision}: ${results.length} of ${count} scored scenarios ran, ${passed} checks passed`);
  expect(results.map(({ scenario }) => scenario).sort()).toEqual([...scored].sort());
  expect(results.flatMap(({ scenario, failed }) => failed.map((id) => `${scenario} ${id}`))).toEqual([]);
  expect(results.filter((one) => one.passed === 0)).toEqual([]);
});
