import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { treeOf } from '../synth/testing/project-copy.ts';
import type { Plan } from './plan.ts';
import { write } from './write.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'write-'));
  for (const folder of ['environments/releases', 'dist/prod/memory'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'environments/releases/prod.json'), 'old');
  writeFileSync(join(root, 'dist/prod/memory/one.yaml'), 'old');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const planned = (unchanged: string) =>
  ({
    to: 'prod',
    record: 'new',
    files: [
      { path: 'prod/memory/one.yaml', text: 'new' },
      { path: unchanged, text: 'as it was' },
    ],
    difference: { added: [], changed: ['prod/memory/one.yaml'], removed: [] },
  }) as unknown as Plan;

test('record and files change together', () => {
  writeFileSync(join(root, 'dist/prod/memory/two.yaml'), 'as it was');
  write(root, planned('prod/memory/two.yaml'));
  expect(Object.fromEntries(treeOf(root))).toEqual({
    'dist/prod/memory/one.yaml': 'new',
    'dist/prod/memory/two.yaml': 'as it was',
    'environments/releases/prod.json': 'new',
  });
});

test('both are as they were where one of the files cannot be written', () => {
  const before = treeOf(root);
  // It is said to be there unchanged, and is not.
  expect(() => write(root, planned('prod/memory/two.yaml'))).toThrow('ENOENT');
  const left = [...treeOf(root)].filter(([path]) => !path.startsWith('.dist-new-'));
  expect(new Map(left)).toEqual(before);
});
