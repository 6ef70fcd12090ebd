/**
 * The least that can do the same over HTTP on one file: node:http, JSON.parse and node:sqlite with WAL and synchronous=FULL. A table of
 * messages, a table of memories with a full-text index beside it; no token, no validation, no metrics, no ranking but SQLite's own.
 *
 * Environment: PORT, SQLITE_PATH, MEMORIES (that it begins with).
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { memories, subjectName } from '../texts.ts';
import { number, ready, text } from './child.ts';

const database = new DatabaseSync(text('SQLITE_PATH'));
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE messages (session TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (session, sequence));
  CREATE TABLE memories (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, body TEXT NOT NULL);
  CREATE VIRTUAL TABLE words USING fts5 (text, subject, content='', tokenize='porter')`);
const append = database.prepare(
  'INSERT INTO messages SELECT ?, coalesce(max(sequence), 0) + 1, ? FROM messages WHERE session = ? RETURNING sequence',
);
const put = database.prepare('INSERT INTO memories (id, subject, body) VALUES (?, ?, ?)');
const index = database.prepare('INSERT INTO words (rowid, text, subject) VALUES (?, ?, ?)');
const get = database.prepare('SELECT body FROM memories WHERE id = ?');
const search = database.prepare(`
  SELECT body FROM memories JOIN words ON memories.row = words.rowid WHERE words MATCH ? ORDER BY bm25(words) LIMIT ?`);

const ids: string[] = [];
const source = memories(1);
database.exec('BEGIN');
for (let made = 0; made < number('MEMORIES'); made++) {
  const { text, subject } = source.next().value;
  const id = randomUUID();
  const name = subjectName(subject);
  const { lastInsertRowid } = put.run(id, name, JSON.stringify({ id, text, subjectId: name, at: Date.now() }));
  index.run(lastInsertRowid, text, name.replace('-', ''));
  if (ids.length < 256) ids.push(id);
}
database.exec('COMMIT');

interface Asked {
  readonly messages: readonly { readonly content: string }[];
  readonly query: string;
  readonly filters: { readonly subjectIds: readonly string[] };
}

function found({ query, filters }: Asked, limit: number): unknown[] {
  const words = query.split(' ').join(' OR ');
  const [subject = ''] = filters.subjectIds;
  return search
    .all(`text: (${words}) AND subject: ${subject.replace('-', '')}`, limit)
    .map(({ body }) => JSON.parse(String(body)));
}

function answer(url: string, body: string): unknown {
  const [, , kind, id = ''] = url.split('/');
  if (kind === 'sessions') {
    const { messages } = JSON.parse(body) as Asked;
    return append.get(id, JSON.stringify({ ...messages[0], at: Date.now() }), id);
  }
  if (kind === 'context') {
    return {
      text: found(JSON.parse(body), 50)
        .map((memory) => (memory as { text: string }).text)
        .join('\n'),
    };
  }
  return id === 'search' ? { hits: found(JSON.parse(body), 10) } : JSON.parse(String(get.get(id)?.body));
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answered = answer(request.url ?? '', Buffer.concat(chunks).toString());
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answered));
  });
}).listen(number('PORT'), '127.0.0.1', () => ready({ ids }));
