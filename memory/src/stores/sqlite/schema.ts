import type { DatabaseSync } from 'node:sqlite';

/** `Memo`, so that no other program's file is taken for one of ours. */
const APPLICATION = 0x4d656d6f;

/** Each step takes a file one version up; a released step never changes. */
const migrations: readonly string[] = [
  `
  CREATE TABLE documents (
    tenant TEXT NOT NULL,
    tier TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    namespace TEXT,
    subject TEXT,
    session TEXT,
    agent TEXT,
    type TEXT,
    status TEXT,
    place NUMERIC NOT NULL,
    expires INTEGER,
    pending INTEGER,
    body TEXT NOT NULL,
    UNIQUE (tenant, tier, kind, id)
  );
  CREATE INDEX documents_place ON documents (tenant, tier, kind, place, id);
  CREATE INDEX documents_subject ON documents (tenant, tier, kind, subject, place, id) WHERE subject IS NOT NULL;
  CREATE INDEX documents_session ON documents (tenant, tier, kind, session, place, id) WHERE session IS NOT NULL;
  CREATE INDEX documents_expires ON documents (tier, expires) WHERE expires IS NOT NULL;
  CREATE INDEX documents_pending ON documents (tier, pending) WHERE pending IS NOT NULL;

  CREATE TABLE unindexed (number INTEGER PRIMARY KEY, news TEXT NOT NULL);
  CREATE TABLE entries (
    row INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tier TEXT,
    namespace TEXT,
    subject TEXT,
    session TEXT,
    agent TEXT,
    type TEXT,
    at INTEGER,
    expires INTEGER,
    length INTEGER,
    removed INTEGER,
    UNIQUE (tenant, kind, id)
  );
  CREATE INDEX entries_removed ON entries (removed) WHERE removed IS NOT NULL;
  CREATE TABLE vectors (row INTEGER PRIMARY KEY, vector BLOB NOT NULL);
  CREATE TABLE scopes (scope TEXT PRIMARY KEY, documents INTEGER NOT NULL, length INTEGER NOT NULL) WITHOUT ROWID;
  CREATE VIRTUAL TABLE words USING fts5 (
    tokens, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
  );
  `,
  // An append moves the expiry of its session: within an hour that changes no place in an index. Messages, of which there are most,
  // are listed by their session.
  `
  DROP INDEX documents_expires;
  CREATE INDEX documents_expires ON documents (tier, expires / 3600000) WHERE expires IS NOT NULL;
  DROP INDEX documents_place;
  CREATE INDEX documents_place ON documents (tenant, tier, kind, place, id) WHERE kind <> 'message';
  `,
];

/** The file is of another program, or of a newer release of this one. */
export class UnknownSchema extends Error {
  override readonly name = 'UnknownSchema';

  constructor(path: string, found: string) {
    super(`${path} ${found}. Name another file in MEMORY_SQLITE_PATH, or start the release that wrote this one.`);
  }
}

/** Brings a file to the newest version, all steps or none. */
export function migrate(database: DatabaseSync, path: string): void {
  const version = number(database, 'user_version');
  const application = number(database, 'application_id');
  const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables;
  if (application !== APPLICATION && tables !== 0) throw new UnknownSchema(path, 'is not a file of the memory service');
  if (version > migrations.length) {
    throw new UnknownSchema(path, `has schema version ${version}, and this release knows ${migrations.length} at most`);
  }
  if (version === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function number(database: DatabaseSync, pragma: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}
