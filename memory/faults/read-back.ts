import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../contract/subject.ts';
import { inParallel } from '../src/search/dense/batches.ts';
import type { Batch, Kept, Ledger, Said } from './ledger.ts';

/** What is there, held against what callers were told. Each line of a list is one thing that must not be. */
export interface Comparison {
  /** Memories and messages that were acknowledged and are there as they should be. */
  readonly readBack: number;
  /** Memories found by a search for what they say. */
  readonly searched: number;
  /** Acknowledged, and not there, or not as acknowledged. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly doubled: readonly string[];
  /** A request of which a part is there, or a session with a gap. */
  readonly half: readonly string[];
  /** Deleted, and there again, in a tier or by a search. */
  readonly resurrected: readonly string[];
}

interface Found {
  readonly id: string;
  readonly text: string;
  readonly metadata: { readonly batch?: string };
}

const AT_ONCE = 4;
const PAGE = 200;
/** Milliseconds. */
const BETWEEN_LOOKS = 100;
/** How long an index that was killed may take until it has mended its vectors; nothing tells when it has. */
const MENDED_WITHIN = 90_000;

/**
 * Reads everything that the service has, when it says that all is indexed.
 * @param searched batches that are searched too, each by its subject
 * @param mode vector: each memory is searched by its meaning among all; lexical: by its words within its batch
 */
export async function readBack(
  caller: Caller,
  ledger: Ledger,
  {
    searched = [],
    mode = 'lexical',
  }: { readonly searched?: readonly Batch[]; readonly mode?: 'lexical' | 'vector' } = {},
): Promise<Comparison> {
  await indexed(caller);
  const there = await everyMemory(caller);
  const lost: string[] = [];
  const doubled: string[] = [];
  const half: string[] = [];
  const resurrected: string[] = [];
  let right = 0;

  const byId = Map.groupBy(there, ({ id }) => id);
  for (const [id, copies] of byId) if (copies.length > 1) doubled.push(`memory ${id} is listed ${copies.length} times`);
  for (const memory of ledger.memories) {
    const found = byId.get(memory.id)?.[0];
    if (memory.there === 'no' && found !== undefined) resurrected.push(`memory ${memory.id} of ${memory.batch.name}`);
    if (memory.there !== 'yes') continue;
    if (found === undefined) lost.push(`memory ${memory.id} of ${memory.batch.name}`);
    else if (!memory.texts.includes(found.text)) lost.push(`edit of ${memory.id}: it is ${found.text}`);
    else right += 1;
  }
  const byBatch = Map.groupBy(there, ({ metadata }) => metadata.batch ?? '');
  for (const [name, members] of byBatch) {
    const batch = ledger.batches.get(name);
    if (batch === undefined) half.push(`memories of ${name}, which nobody wrote`);
    else if (batch.written === 'no') half.push(`memories of ${name}, which were refused: ${members.length}`);
    else if (members.length > batch.texts.length) doubled.push(`memories of ${name}: ${members.length}`);
    else if (batch.written === 'maybe' && members.length < batch.texts.length)
      half.push(`memories of ${name}: ${members.length} of ${batch.texts.length}`);
  }

  for (const [session, said] of Map.groupBy(ledger.said, (one) => one.session)) {
    right += await readSession(caller, session, said, { lost, doubled, half });
  }

  let bySearch = 0;
  const mendedBy = performance.now() + MENDED_WITHIN;
  await inParallel([...searched], AT_ONCE, async (batch) => {
    const wanted = batch.memories.filter(({ there }) => there === 'yes');
    const ids = mode === 'lexical' ? await search(caller, batch.name) : await searchEach(caller, wanted, mendedBy);
    const missing = wanted.filter(({ id }) => !ids.has(id));
    bySearch += wanted.length - missing.length;
    lost.push(...missing.map(({ id }) => `memory ${id} of ${batch.name} by a ${mode} search`));
    const gone = batch.memories.filter(({ id, there }) => there === 'no' && ids.has(id));
    resurrected.push(...gone.map(({ id }) => `memory ${id} of ${batch.name} by a ${mode} search`));
  });
  return { readBack: right, searched: bySearch, lost, doubled, half, resurrected };
}

async function indexed(caller: Caller): Promise<void> {
  for (;;) {
    const { body } = await caller.ask('getStats');
    if (body.index.pending === 0) return;
    await sleep(BETWEEN_LOOKS);
  }
}

async function everyMemory(caller: Caller): Promise<Found[]> {
  const found: Found[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { limit: PAGE, ...(cursor !== null && { cursor }) };
    const { body }: { body: { memories: Found[]; next: string | null; partial: boolean } } = await caller.ask(
      'listMemories',
      { query },
    );
    if (body.partial) throw new Error('A list is partial after every part was said to be up');
    found.push(...body.memories);
    cursor = body.next;
  } while (cursor !== null);
  return found;
}

async function readSession(
  caller: Caller,
  sessionId: string,
  all: readonly Said[],
  { lost, doubled, half }: Readonly<Record<'lost' | 'doubled' | 'half', string[]>>,
): Promise<number> {
  const messages: { readonly sequence: number; readonly content: string; readonly batch: string }[] = [];
  for (;;) {
    const answer = await caller.send('listMessages', {
      params: { sessionId },
      query: { after: messages.length, limit: 1000 },
    });
    if (answer.status !== 200) {
      lost.push(`session ${sessionId}: ${answer.status}`);
      return 0;
    }
    const page = answer.body.messages as readonly { sequence: number; content: string; metadata: { batch: string } }[];
    messages.push(...page.map(({ sequence, content, metadata }) => ({ sequence, content, batch: metadata.batch })));
    if (page.length < 1000) break;
  }
  if (messages.some(({ sequence }, index) => sequence !== index + 1)) half.push(`session ${sessionId} has a gap`);
  const byBatch = Map.groupBy(messages, ({ batch }) => batch);
  let right = 0;
  for (const { name, contents, sequences, written } of all) {
    const found = byBatch.get(name) ?? [];
    const where = `messages of ${name}: ${found.length} of ${contents.length}`;
    if (found.length > contents.length) doubled.push(where);
    else if (written === 'no' && found.length > 0) half.push(`${where}, which were refused`);
    else if (written === 'maybe' && found.length > 0 && found.length < contents.length) half.push(where);
    if (written !== 'yes') continue;
    const kept = contents.filter((content, place) =>
      found.some((one) => one.content === content && one.sequence === sequences[place]),
    );
    right += kept.length;
    if (kept.length < contents.length) lost.push(where);
  }
  return right;
}

async function search(caller: Caller, subject: string): Promise<ReadonlySet<string>> {
  return found(caller, { query: 'heron', mode: 'lexical', limit: 100, filters: { subjectIds: [subject] } });
}

/** Without a filter, so that only the vector index can have found it. */
async function searchEach(caller: Caller, memories: readonly Kept[], until: number): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for (const { id, texts } of memories) {
    for (;;) {
      const ids = await found(caller, { query: texts[0] ?? '', mode: 'vector', limit: 100 });
      if (ids.has(id)) all.add(id);
      if (ids.has(id) || performance.now() > until) break;
      await sleep(BETWEEN_LOOKS);
    }
  }
  return all;
}

/** An answer that says that something is missing from it proves nothing: it is asked for again. */
async function found(caller: Caller, body: object): Promise<ReadonlySet<string>> {
  for (const until = performance.now() + MENDED_WITHIN; ; ) {
    const { body: answer } = await caller.ask('searchMemories', { body });
    if (!answer.partial) return new Set(answer.hits.flatMap(({ memory }) => (memory ? [memory.id] : [])));
    if (performance.now() > until) throw new Error(`A search is partial for ${MENDED_WITHIN} ms: ${answer.degraded}`);
    await sleep(BETWEEN_LOOKS);
  }
}
