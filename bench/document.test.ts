import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalog } from './catalog.ts';
import { block, readDocument, wantedBlock } from './document.ts';
import { readResult } from './result.ts';

const root = join(import.meta.dirname, '..');

describe('docs/performance.md', () => {
  test.each(catalog.map(({ name }) => name))('shows the committed result of %s', (name) => {
    const result = readResult(root, name);
    if (!result) throw new Error(`there is no bench/results/${name}.json: run \`npm run bench -- ${name}\``);
    expect(block(readDocument(root), name)).toBe(wantedBlock(name, result));
  });

  test('has no results of a bench that is gone', () => {
    const results = readdirSync(join(root, 'bench/results')).map((file) => basename(file, '.json'));
    const shown = [...readDocument(root).matchAll(/<!-- bench:(\S+) -->/g)].map(([, name]) => name);
    const names = catalog.map(({ name }) => name).sort();
    expect(results.sort()).toEqual(names);
    expect(shown.sort()).toEqual(names);
  });
});
