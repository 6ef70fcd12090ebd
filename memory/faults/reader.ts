import type { Call, Caller } from '../contract/subject.ts';
import type { OperationId } from '../src/api/operations.ts';
import type { Batch, Kept, Ledger, Said } from './ledger.ts';

interface Hit {
  readonly memory?: { readonly id: string; readonly text: string };
}

/** Reads what a caller was told is there. An answer is right, or says that something is missing from it, or is wrong. */
export class Reader {
  readonly #caller: Caller;
  readonly #ledger: Ledger;

  constructor(caller: Caller, ledger: Ledger) {
    this.#caller = caller;
    this.#ledger = ledger;
  }

  /** By a search: all of the batch that is there, nothing of it that is not. */
  find({ name, memories }: Batch): Promise<void> {
    const body = { query: 'heron', mode: 'lexical', limit: 100, filters: { subjectIds: [name] } };
    return this.#read('searchMemories', { body }, ({ status, body: answer }) => {
      if (status !== 200) return `status ${status}`;
      const found = new Map(
        (answer.hits as readonly Hit[]).flatMap(({ memory }) => (memory ? [[memory.id, memory]] : [])),
      );
      const lacks = memories.filter(({ id, there }) => there === 'yes' && !found.has(id));
      const gone = memories.filter(({ id, there }) => there === 'no' && found.has(id));
      const other = memories.filter(({ id, texts }) => found.has(id) && !texts.includes(found.get(id)?.text ?? ''));
      if (gone.length > 0) return `${gone.length} of it were deleted`;
      if (other.length > 0) return `${other.length} of it have another text`;
      if (found.size > memories.length) return `${found.size} memories of ${memories.length}`;
      return lacks.length > 0 && answer.partial === false ? `${lacks.length} of it are missing` : undefined;
    });
  }

  /** By its id. */
  get({ id, texts, there }: Kept): Promise<void> {
    return this.#read('getMemory', { params: { memoryId: id } }, ({ status, body }) => {
      if (status === 404) return there === 'yes' ? 'it is there' : undefined;
      if (status !== 200) return `status ${status}`;
      if (there === 'no') return 'it was deleted';
      return texts.includes(String(body.text)) ? undefined : `its text is ${body.text}, not ${texts.join(' or ')}`;
    });
  }

  hear({ session, contents, sequences }: Said): Promise<void> {
    const [first = 1] = sequences;
    const call = { params: { sessionId: session }, query: { after: first - 1, limit: contents.length } };
    return this.#read('listMessages', call, ({ status, body }) => {
      if (status !== 200) return `status ${status}`;
      const heard = (body.messages as readonly { readonly content: string }[]).map(({ content }) => content);
      return JSON.stringify(heard) === JSON.stringify(contents) ? undefined : `it was ${JSON.stringify(heard)}`;
    });
  }

  async #read(
    operation: OperationId,
    call: Call,
    wrong: (answer: Awaited<ReturnType<Caller['send']>>) => string | undefined,
  ): Promise<void> {
    let answer: Awaited<ReturnType<Caller['send']>>;
    try {
      answer = await this.#caller.send(operation, call);
    } catch {
      // A service that is killed answers no read: there is nothing to hold against anything.
      return;
    }
    const { counts } = this.#ledger;
    if (answer.status === 503 && answer.headers.has('retry-after')) {
      counts.degraded += 1;
      return;
    }
    const why = wrong(answer);
    if (why !== undefined) this.#ledger.wrong.push(`${operation} ${JSON.stringify(call)}: ${why}`);
    else if (answer.body.partial === true) counts.degraded += 1;
    else counts.right += 1;
  }
}
