/**
 * Writes to an embedded memory as fast as it can until it is killed: `node writer.ts FILE ROUND`. A line of JSON on standard output
 * says what was acknowledged, written at once, so that the one who kills it knows exactly what must be there.
 */
import { writeSync } from 'node:fs';
import { embeddedService } from '../src/service/embedded-for-tests.ts';

const [path = '', round = ''] = process.argv.slice(2);
/** At the same time, so that commits are grouped. */
const WRITERS = 6;

export type Acknowledged =
  | { readonly what: 'remembered'; readonly batch: string; readonly ids: readonly string[] }
  | { readonly what: 'said'; readonly session: string; readonly batch: string; readonly sequences: readonly number[] }
  | { readonly what: 'edited'; readonly id: string; readonly version: number }
  | { readonly what: 'promoted'; readonly id: string }
  | { readonly what: 'deleted'; readonly id: string };

function acknowledge(line: Acknowledged): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

const memory = embeddedService({ path, clock: { now: () => Date.now(), advance: () => undefined } });
const session = `session ${round}`;
await memory.call('createSession', { body: { id: session, ttlSeconds: 100_000 } });

async function write(writer: number): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    const batch = `${round}.${writer}.${turn}`;
    const texts = ['first', 'second', 'third'].map((place) => `heron ${batch} ${place}`);
    const memories = texts.map((text) => ({ text, tier: 'long' as const, metadata: { batch } }));
    const { body } = await memory.call('createMemories', { body: { memories }, idempotencyKey: batch });
    const ids = body.memories.map(({ id }) => id);
    acknowledge({ what: 'remembered', batch, ids });

    const messages = texts.map((content) => ({ role: 'user' as const, content, metadata: { batch } }));
    const params = { sessionId: session };
    const said = await memory.call('appendMessages', { params, body: { messages }, idempotencyKey: batch });
    const sequences = said.body.messages.map(({ sequence }) => sequence);
    acknowledge({ what: 'said', session, batch, sequences });

    const [edit = '', promote = '', remove = ''] = ids;
    const edited = await memory.call('updateMemory', { params: { memoryId: edit }, body: { importance: 0.9 } });
    acknowledge({ what: 'edited', id: edit, version: edited.body.version });
    await memory.call('promoteMemory', { params: { memoryId: promote }, body: { to: 'semantic' } });
    acknowledge({ what: 'promoted', id: promote });
    await memory.call('deleteMemory', { params: { memoryId: remove } });
    acknowledge({ what: 'deleted', id: remove });
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
