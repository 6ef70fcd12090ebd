import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generate } from './generate.ts';

test('generating again gives the committed files, byte by byte', { timeout: 300_000 }, async () => {
  const again = await generate();

  const committed = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.generated.ts'));
  expect(committed.sort()).toEqual([...again.keys()].sort());
  for (const [name, text] of again) {
    // Not toEqual: its report of a difference would be the whole file.
    const same = text === (await readFile(new URL(name, import.meta.url), 'utf8'));
    expect(same, `${name} is stale or was edited; run: node imports/generate.ts`).toBe(true);
  }
});
