import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalog } from '../catalog.ts';
import { pinnedVersion } from './go.ts';

test('a version is read from go.mod, so that it is written once', () => {
  const goMod = readFileSync(join(import.meta.dirname, '../go/kubernetes/go.mod'), 'utf8');
  expect(goMod).toContain(`k8s.io/kubernetes v${pinnedVersion('kubernetes', 'k8s.io/kubernetes')}\n`);
});

test('a module that is not pinned is an error that names the file', () => {
  expect(() => pinnedVersion('etcd', 'example.com/none')).toThrow(/go\/etcd\/go\.mod requires no example\.com\/none/);
});

test('the names in the catalog are unique: each is a variable and a cache entry', () => {
  const names = catalog.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
