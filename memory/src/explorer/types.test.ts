import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test("the page's modules agree with the schemas of the API, as the compiler sees it", () => {
  const page = join(import.meta.dirname, 'page');
  const { status, stdout } = spawnSync('npx', ['tsc', '-p', page], { encoding: 'utf8' });
  expect([stdout, status]).toEqual(['', 0]);
});
