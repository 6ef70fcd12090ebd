/**
 * Fills the file of an embedded memory straight through its store, as an import does: the documents that the API would make, in
 * commits of as many as a commit takes.
 *
 * Environment: SQLITE_PATH, MEMORIES, TENANT.
 */
import { fingerprint } from '../../../memory/src/guard/fingerprint.ts';
import { SqliteIndex } from '../../../memory/src/index/sqlite/index.ts';
import { indexedStems } from '../../../memory/src/search/analysis/analyse.ts';
import { uuid7 } from '../../../memory/src/service/records/identifiers.ts';
import { memoryDocument } from '../../../memory/src/service/records/memory.ts';
import { SqliteFile } from '../../../memory/src/stores/sqlite/file.ts';
import { SqliteStore } from '../../../memory/src/stores/sqlite/store.ts';
import type { Write } from '../../../memory/src/stores/store.ts';
import { type Generated, memories, subjectName } from '../texts.ts';
import { number, ready, text } from './child.ts';

const COMMIT = 256;
const DAY = 86_400_000;
const total = number('MEMORIES');
const tenant = text('TENANT');
const start = Date.now() - 300 * DAY;

const file = new SqliteFile(text('SQLITE_PATH'));
const index = new SqliteIndex(file, { stems: (entry) => indexedStems({ id: '', ...entry }), now: Date.now });
const store = new SqliteStore(file, 'long', index);
const source = memories(1);

function written({ text, subject }: Generated, number: number): Write {
  const at = start + Math.floor((number / total) * 300 * DAY);
  const put = memoryDocument({
    kind: 'memory',
    id: uuid7(at),
    version: 1,
    attributes: { namespace: 'default', subjectId: subjectName(subject), type: 'episodic', status: 'active' },
    order: at,
    expiresAt: null,
    pending: false,
    body: {
      tier: 'long',
      text,
      fingerprint: fingerprint(text),
      tags: [],
      metadata: {},
      importance: 0.5,
      pinned: false,
      provenance: { source: 'import', writer: 'bench' },
      at,
      validFrom: at,
      validTo: null,
      createdAt: at,
      updatedAt: at,
      change: 'created',
      by: 'bench',
    },
  });
  return { put, expect: 'absent' };
}

const began = performance.now();
let told = began;
for (let done = 0; done < total; ) {
  const size = Math.min(COMMIT, total - done);
  const writes = Array.from({ length: size }, (_, offset) => written(source.next().value, done + offset));
  await store.commit(tenant, writes, Date.now());
  done += size;
  if (performance.now() - told > 10_000) {
    told = performance.now();
    console.log(`${done} of ${total} memories, ${Math.round((done / (told - began)) * 1000)} a second`);
  }
}
await index.statistics({ tenant }, []);
await file.close();
ready({ seconds: (performance.now() - began) / 1000 });
