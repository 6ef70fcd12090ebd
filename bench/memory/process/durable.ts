/**
 * Appends to an embedded memory without HTTP, in turns with inserts of the same text into a table of bare node:sqlite: both in a
 * file of their own in the same folder, WAL, synchronous=FULL. Every append and every insert is on disk before the next of its writer.
 *
 * Environment: FOLDER, WRITERS, SECONDS (of each turn), TURNS.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEnvironment } from '@ai-orchestra/configuration';
import type { Scope } from '../../../memory/src/api/service.ts';
import { memoryConfig } from '../../../memory/src/config.ts';
import { openMemory } from '../../../memory/src/open.ts';
import { memories } from '../texts.ts';
import { number, ready, text } from './child.ts';

const writers = number('WRITERS');
const seconds = number('SECONDS');
const turns = number('TURNS');
const scope: Scope = { tenant: 'local', principal: 'bench', permissions: new Set(['read', 'write']) };
/** Made before anything is timed. */
const source = memories(3);
const texts = Array.from({ length: 10_000 }, () => source.next().value.text);
let next = 0;
const newText = (): string => texts[next++ % texts.length] ?? '';

const parsed = parseEnvironment(memoryConfig, {
  MEMORY_SQLITE_PATH: join(text('FOLDER'), 'ours.sqlite'),
  MEMORY_QUOTA_RECORDS: '1000000000',
  MEMORY_QUOTA_BYTES: String(2 ** 40),
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const memory = openMemory(parsed.value, {
  clock: { now: Date.now },
  onProblem(what, cause) {
    throw new Error(what, { cause });
  },
});

async function appendTo(session: string): Promise<void> {
  const message = { role: 'user' as const, content: newText(), metadata: {} };
  const { body } = await memory.service.appendMessages(scope, {
    params: { sessionId: session },
    query: {},
    body: { messages: [message] },
  });
  if (body.messages.length !== 1) throw new Error('nothing was appended');
}

const bare = new DatabaseSync(join(text('FOLDER'), 'bare.sqlite'));
bare.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE messages (session TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (session, sequence))`);
const insert = bare.prepare(
  'INSERT INTO messages SELECT ?, coalesce(max(sequence), 0) + 1, ? FROM messages WHERE session = ?',
);

async function insertTo(session: string): Promise<void> {
  insert.run(session, JSON.stringify({ role: 'user', content: newText(), at: Date.now() }), session);
  await undefined;
}

/** Done a second by all writers together. */
async function rate(write: (session: string) => Promise<void>): Promise<number> {
  let done = 0;
  const began = performance.now();
  const until = began + 1000 * seconds;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (; performance.now() < until; done++) await write(`session ${writer}`);
    }),
  );
  return done / ((performance.now() - began) / 1000);
}

for (let writer = 0; writer < writers; writer++) {
  const body = { id: `session ${writer}`, namespace: 'default', metadata: {} };
  await memory.service.createSession(scope, { params: {}, query: {}, body });
}
await rate(appendTo);
await rate(insertTo);
const ours: number[] = [];
const theirs: number[] = [];
for (let turn = 0; turn < turns; turn++) {
  ours.push(await rate(appendTo));
  theirs.push(await rate(insertTo));
}
await memory.close();
bare.close();
ready({ ours, bare: theirs });
