import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqliteIndex } from '../../index/sqlite/index.ts';
import { document } from '../contract/document.ts';
import { StoreFull, StoreUnavailable } from '../store.ts';
import { SqliteFile } from './file.ts';
import { UnknownSchema } from './schema.ts';
import { SqliteStore } from './store.ts';

let folder: string;
let path: string;
const open: SqliteFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-sqlite-'));
  path = join(folder, 'memory.sqlite');
});
afterEach(async () => {
  for (const file of open.splice(0)) await file.close();
  rmSync(folder, { recursive: true });
});

function opened() {
  const file = new SqliteFile(path);
  open.push(file);
  const index = new SqliteIndex(file, { stems: ({ text }) => text.split(' '), now: () => 0 });
  return { file, store: new SqliteStore(file, 'mid', index) };
}

/** Of SQLite's log: a frame of 24 bytes and a page says the size of the database where it is the last of a commit. */
function commitsIn(log: string): number {
  const [header, frame] = [32, 24 + 4096];
  const bytes = readFileSync(log);
  const frames = Array.from(
    { length: Math.floor((bytes.length - header) / frame) },
    (_, number) => header + number * frame,
  );
  return frames.filter((at) => bytes.readUInt32BE(at + 4) > 0).length;
}

describe('a SQLite file', () => {
  test('waits for the disk, and is readable by its owner only', () => {
    const { file } = opened();
    const pragma = (name: string) => Object.values(file.database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('synchronous')]).toEqual(['wal', 2]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('commits what comes at the same time together, and each of it alone where one cannot be written', async () => {
    const { store } = opened();
    const before = commitsIn(`${path}-wal`);
    const put = (id: string, text = 'heron') =>
      store.commit('t', [{ put: document({ id, body: { text } }), expect: 'absent' }], 0);
    await Promise.all(Array.from({ length: 100 }, (_, number) => put(`together ${number}`)));
    expect(commitsIn(`${path}-wal`) - before).toBe(1);
    const tooDeep = { put: document({ id: 'cannot', body: { text: 1n } }), expect: 'absent' as const };
    const outcomes = await Promise.allSettled([put('before'), store.commit('t', [tooDeep], 0), put('after')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const keys = ['before', 'cannot', 'after'].map((id) => ({ kind: 'memory' as const, id }));
    expect((await store.get('t', keys, 0)).map((one) => one?.id)).toEqual(['before', undefined, 'after']);
  });

  test('without room writes nothing, says so, and goes on when there is room again', async () => {
    const { file, store } = opened();
    const put = (id: string) =>
      store.commit('t', [{ put: document({ id, body: { text: 'x'.repeat(100_000) } }), expect: 'any' }], 0);
    await put('first');
    const pages = Number(file.database.prepare('PRAGMA page_count').get()?.page_count);
    file.database.exec(`PRAGMA max_page_count = ${pages + 70}`);
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map(put));
    const full = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(full).toHaveLength(2);
    for (const error of full) expect(error).toBeInstanceOf(StoreFull);
    const listed = await store.list('t', { kind: 'memory', where: {}, direction: 'ascending', limit: 10 }, 0);
    expect(listed).toHaveLength(2);
    file.database.exec('PRAGMA max_page_count = 1000000');
    await put('d');
    expect(await store.get('t', [{ kind: 'memory', id: 'd' }], 0)).toMatchObject([{ id: 'd' }]);
  });

  test('that is closed does not answer', async () => {
    const { file, store } = opened();
    await file.close();
    await expect(store.get('t', [{ kind: 'memory', id: 'a' }], 0)).rejects.toBeInstanceOf(StoreUnavailable);
    await expect(store.check()).rejects.toBeInstanceOf(StoreUnavailable);
  });

  test('writes what waits when it is closed', async () => {
    const { file, store } = opened();
    const write = store.commit('t', [{ put: document({ id: 'last' }), expect: 'absent' }], 0);
    await file.close();
    await write;
    const again = opened();
    expect(await again.store.get('t', [{ kind: 'memory', id: 'last' }], 0)).toMatchObject([{ id: 'last' }]);
  });

  test('of another program, or of a newer release, is refused and left as it is', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(() => new SqliteFile(path)).toThrow(UnknownSchema);
    const untouched = new DatabaseSync(path);
    expect(untouched.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
    untouched.close();

    path = join(folder, 'newer.sqlite');
    const { file } = opened();
    file.database.exec('PRAGMA user_version = 99');
    expect(() => new SqliteFile(path)).toThrow(/has schema version 99.*MEMORY_SQLITE_PATH/s);

    path = join(folder, 'text.sqlite');
    writeFileSync(path, 'this is no database, and it is longer than the header of one would be by far'.repeat(5));
    chmodSync(path, 0o600);
    expect(() => new SqliteFile(path)).toThrow('file is not a database');
  });

  test('looks up a list in an index, never in the whole table', () => {
    const { file } = opened();
    const plan = (sql: string) =>
      file.database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    const list = (filter: string) =>
      plan(`SELECT * FROM documents WHERE tenant = 'a' AND tier = 'b' AND kind = 'c' AND (expires IS NULL OR expires > 1)
        ${filter} ORDER BY place ASC, id ASC LIMIT 1`);
    expect(list("AND kind <> 'message'")).toContain('USING INDEX documents_place');
    expect(list("AND session = 'x' AND (place, id) > (1, 'a')")).toContain('USING INDEX documents_session');
    expect(list("AND subject = 'x'")).toContain('USING INDEX documents_subject');
    for (const filter of ["AND kind <> 'message'", "AND session = 'x'", "AND subject = 'x'"])
      expect(list(filter)).not.toMatch(/SCAN|TEMP B-TREE/);
  });
});
