import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexContract } from '../../index/contract.ts';
import { SqliteIndex } from '../../index/sqlite/index.ts';
import { storeContract } from '../contract.ts';
import type { Tier } from '../store.ts';
import { SqliteFile } from './file.ts';
import { SqliteStore } from './store.ts';

/** Words that are their own stems; the analysis itself is tested in search/. */
const stems = ({ text, speaker = '' }: { readonly text: string; readonly speaker?: string }) =>
  `${speaker} ${text}`
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((word) => word.replace(/ie$/, 'i'));

function open(path: string, tier: Tier) {
  const file = new SqliteFile(path);
  const index = new SqliteIndex(file, { stems, now: () => Date.now() });
  const store = new SqliteStore(file, tier, index);
  return { file, index, store };
}

storeContract(
  'the embedded store, in a file',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memory-sqlite-'));
    const path = join(folder, 'memory.sqlite');
    const { file, store } = open(path, 'mid');
    return {
      store,
      reopen: async () => {
        const again = open(path, 'mid');
        return Object.assign(again.store, { close: () => again.file.close() });
      },
      stop: async () => {
        await file.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  { appends: true },
);

indexContract('the embedded index', async () => {
  const { file, index } = open(':memory:', 'short');
  return { index, stop: () => file.close() };
});
