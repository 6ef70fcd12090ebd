import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Caller } from '../contract/subject.ts';
import type { OperationId } from '../src/api/operations.ts';
import { type Tier, tiers } from '../src/stores/store.ts';
import type { Batch, Certainty, Kept, Ledger } from './ledger.ts';
import { Reader } from './reader.ts';

export interface LoadOptions {
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Begins the names of all that is written, so that two loads write no name twice. */
  readonly name: string;
  /** Writers of each tier. Default: 1. */
  readonly writers?: number;
  /** Milliseconds that a writer rests after each turn. Default: 0. */
  readonly rest?: number;
  /** Whether the service may be killed: an answer that does not come is no fault of its then. */
  readonly mayBeKilled?: boolean;
}

interface Outcome {
  readonly done: Certainty;
  readonly body: Readonly<Record<string, unknown>>;
}

const syllables = 'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu'.split(' ');
const WORDS = 6;
const next: Readonly<Record<Tier, Tier | undefined>> = {
  short: 'mid',
  mid: 'long',
  long: 'semantic',
  semantic: undefined,
};

/** Writers that make, edit, promote and delete memories and append messages, each looking at once for what it was told is there. */
export class Load {
  readonly #options: LoadOptions;
  readonly #reader: Reader;
  #running: Promise<unknown> = Promise.resolve();
  #failed: unknown;
  #stopped = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#reader = new Reader(options.caller, options.ledger);
  }

  start(): void {
    const { writers = 1 } = this.#options;
    const all = tiers.flatMap((tier) => Array.from({ length: writers }, (_, writer) => this.#write(tier, writer)));
    this.#running = Promise.all(all);
    this.#running.catch((error: unknown) => {
      this.#failed = error;
    });
  }

  /** @throws what a writer met that none should; whoever waits for what the load does asks now and then */
  check(): void {
    if (this.#failed !== undefined) throw this.#failed;
  }

  /** Ends after the requests under way. @throws as `check` */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Repeats with their keys what nobody was told of, as callers do; every other one, the rest stays unknown. */
  async repeat(): Promise<void> {
    const { ledger } = this.#options;
    for (const batch of [...ledger.batches.values()].filter(({ written }) => written === 'maybe')) {
      if (this.#options.random() < 0.5) await this.#create(batch);
    }
    for (const said of ledger.said.filter(({ written }) => written === 'maybe')) {
      if (this.#options.random() < 0.5) await this.#say(said);
    }
  }

  async #write(tier: Tier, writer: number): Promise<void> {
    const { ledger, name, rest = 0 } = this.#options;
    const session = `${name}-${tier}-${writer}`;
    let begun = false;
    for (let turn = 0; !this.#stopped; turn += 1) {
      begun ||= await this.#begin(session);
      await this.#turn(tier, `${name}-${tier}-${writer}-${turn}`);
      if (begun && !this.#stopped) {
        const contents = this.#texts('said', 2);
        const said = { name: `${session}-${turn}`, session, contents, written: 'maybe' as Certainty, sequences: [] };
        ledger.said.push(said);
        await this.#say(said);
        if (said.written === 'yes') await this.#reader.hear(said);
      }
      if (rest > 0 && !this.#stopped) await sleep(rest);
    }
  }

  async #begin(id: string): Promise<boolean> {
    const call = { body: { id }, headers: { 'idempotency-key': id } };
    return (await this.#send('createSession', call)).done === 'yes';
  }

  async #turn(tier: Tier, name: string): Promise<void> {
    const batch: Batch = { name, tier, texts: this.#texts(name, 3), written: 'maybe', memories: [] };
    this.#options.ledger.batches.set(name, batch);
    await this.#create(batch);
    if (batch.written !== 'yes' || this.#stopped) return;
    await this.#reader.find(batch);
    const [first, second, third] = batch.memories as [Kept, Kept, Kept];
    await this.#edit(first);
    if (this.#stopped) return;
    await this.#reader.get(first);
    await this.#promote(second, next[tier]);
    if (this.#stopped) return;
    await this.#delete(third);
    if (this.#stopped) return;
    await this.#reader.get(third);
    await this.#reader.find(batch);
  }

  async #create(batch: Batch): Promise<void> {
    const { name, tier, texts } = batch;
    const metadata = { batch: name };
    const memories = texts.map((text) => ({ text, tier, subjectId: name, metadata }));
    const { done, body } = await this.#send('createMemories', {
      body: { memories },
      headers: { 'idempotency-key': name },
    });
    const counts = this.#options.ledger.created[tier];
    if (done === 'yes') counts.acknowledged += 1;
    else counts.refused += 1;
    batch.written = done;
    if (done !== 'yes') return;
    batch.memories = (body.memories as readonly { readonly id: string }[]).map(({ id }, place) => ({
      id,
      batch,
      texts: [texts[place] ?? ''],
      there: 'yes',
    }));
  }

  async #edit(memory: Kept): Promise<void> {
    const [before = ''] = memory.texts;
    // Not the old one and more: a memory that comes back from a search to be stored is held back.
    const [after = ''] = this.#texts('edited', 1);
    memory.texts = [before, after];
    const { done } = await this.#send('updateMemory', { params: { memoryId: memory.id }, body: { text: after } });
    if (done !== 'maybe') memory.texts = done === 'yes' ? [after] : [before];
  }

  async #promote({ id }: Kept, to: Tier | undefined): Promise<void> {
    if (to !== undefined) await this.#send('promoteMemory', { params: { memoryId: id }, body: { to } });
  }

  async #delete(memory: Kept): Promise<void> {
    memory.there = 'maybe';
    const { done } = await this.#send('deleteMemory', { params: { memoryId: memory.id } });
    if (done !== 'maybe') memory.there = done === 'yes' ? 'no' : 'yes';
  }

  async #say(said: Ledger['said'][number]): Promise<void> {
    const { name, session, contents } = said;
    const messages = contents.map((content) => ({ role: 'user', content, metadata: { batch: name } }));
    const headers = { 'idempotency-key': name };
    const { done, body } = await this.#send('appendMessages', {
      params: { sessionId: session },
      body: { messages },
      headers,
    });
    said.written = done;
    if (done !== 'yes') return;
    said.sequences = (body.messages as readonly { readonly sequence: number }[]).map(({ sequence }) => sequence);
  }

  /** Every answer to a write is one of these: done, 503 with the time after which to try again, 507. */
  async #send(operation: OperationId, call: Call): Promise<Outcome> {
    const { caller, ledger, mayBeKilled = false } = this.#options;
    let answer: Awaited<ReturnType<Caller['send']>>;
    try {
      answer = await caller.send(operation, call);
    } catch (error) {
      if (!mayBeKilled) throw error;
      ledger.counts.unanswered += 1;
      return { done: 'maybe', body: {} };
    }
    const { status, headers, body } = answer;
    if (status >= 200 && status < 300) {
      ledger.counts.acknowledged += 1;
      return { done: 'yes', body };
    }
    if (status === 507) {
      ledger.counts.full += 1;
      return { done: 'no', body };
    }
    if (status === 503 && Number(headers.get('retry-after')) >= 1) ledger.counts.refused += 1;
    else ledger.wrong.push(`${operation} ${JSON.stringify(call)} was answered ${status} ${JSON.stringify(body)}`);
    return { done: 'maybe', body };
  }

  /** Of words that no other text has: one that is much like a text that was found would be held back as its echo. */
  #texts(name: string, count: number): string[] {
    const { random } = this.#options;
    const word = () => Array.from({ length: 4 }, () => syllables[Math.floor(random() * syllables.length)]).join('');
    return Array.from({ length: count }, () => `heron ${Array.from({ length: WORDS }, word).join(' ')} ${name}`);
  }
}
