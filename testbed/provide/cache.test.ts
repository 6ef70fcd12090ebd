import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheEntry, cacheFolder } from './cache.ts';

test('the cache follows XDG_CACHE_HOME, which counts only when absolute', () => {
  const standard = join(homedir(), '.cache/ai-orchestra/testbed');
  expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/ai-orchestra/testbed');
  expect(cacheFolder({ XDG_CACHE_HOME: 'cache' })).toBe(standard);
  expect(cacheFolder({})).toBe(standard);
});

test('an entry is named by name, version and platform', () => {
  const entry = cacheEntry({ name: 'etcd', version: '3.7.3' }, { XDG_CACHE_HOME: '/c' });
  expect(entry).toBe(`/c/ai-orchestra/testbed/etcd-3.7.3-${process.platform}-${process.arch}`);
});
