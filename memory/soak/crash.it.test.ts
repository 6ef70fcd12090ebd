import { expect, test } from 'vitest';
import { crash } from './crash.ts';

test('a memory that is killed while it writes has everything acknowledged once, and nothing half', async () => {
  const report = await crash(10, () => undefined);
  expect(report).toMatchObject({ rounds: 10, missing: [], doubled: [], half: [], resurrected: [] });
  expect(report.acknowledged).toBeGreaterThan(10);
});
