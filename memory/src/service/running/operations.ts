import { Refusal } from '../../api/errors.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { VersionConflict } from '../../stores/store.ts';
import { defined } from '../records/canonical.ts';
import { uuid5, uuid7 } from '../records/identifiers.ts';
import { once, Receipt } from '../tiers/idempotency.ts';
import type { Tiers } from '../tiers/tiers.ts';
import {
  MOST_CHANGES,
  type Operation,
  type OperationBody,
  type OperationChange,
  type OperationDocument,
  operationDocument,
  operationOf,
} from './operation.ts';

const KEPT = 30 * 24 * 3_600_000;
/** A running operation is written again after so long, for whoever watches it. */
const REPORT_EVERY = 1000;

/** What an operation tells while it runs. */
export interface Progress {
  /** @throws Cancelled where somebody has cancelled it */
  step(done: number, total: number | null, ...changes: readonly OperationChange[]): Promise<void>;
}

export interface Work {
  readonly type: Operation['type'];
  /** Runs again after a failure, so whatever it did before must do no harm. Its answer is kept as the receipt. */
  run(
    scope: Scope,
    input: Readonly<Record<string, unknown>>,
    dryRun: boolean,
    progress: Progress,
  ): Promise<Operation['receipt']>;
}

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Work that is longer than a request. Its document says how far it is; any replica answers for it. */
export class Operations {
  readonly #tiers: Tiers;
  readonly #works: ReadonlyMap<Operation['type'], Work>;
  readonly #running = new Map<string, Promise<void>>();
  #closing = false;

  constructor(tiers: Tiers, works: readonly Work[]) {
    this.#tiers = tiers;
    this.#works = new Map(works.map((work) => [work.type, work]));
  }

  async start(
    scope: Scope,
    type: Operation['type'],
    {
      input,
      dryRun,
      subjectId,
      idempotencyKey: key,
    }: {
      readonly input: Readonly<Record<string, unknown>>;
      readonly dryRun: boolean;
      readonly subjectId?: string;
      readonly idempotencyKey?: string | undefined;
    },
  ): Promise<Answer<Operation>> {
    const now = this.#tiers.now();
    const put: OperationDocument = operationDocument({
      kind: 'operation',
      id: key === undefined ? uuid7(now) : uuid5(scope.tenant, 'operation', type, key),
      version: 1,
      attributes: defined({ type, subjectId }),
      order: now,
      expiresAt: now + KEPT,
      pending: false,
      body: {
        type,
        status: 'running',
        dryRun,
        progress: { done: 0, total: null },
        changes: [],
        createdAt: now,
        updatedAt: now,
        input,
        by: scope.principal,
      },
    });
    const receipt =
      key === undefined ? undefined : new Receipt<string>(this.#tiers, scope, `operation ${type}`, key, input);
    const { answer: id, replayed } = await once(receipt, 'long', async (also) => {
      await this.#tiers.commit(scope.tenant, 'long', [...also(put.id), { put, expect: 'absent' }]);
      return put.id;
    });
    if (!replayed) this.#run(scope, put);
    return { ...(await this.#answer(scope, id)), replayed };
  }

  get(scope: Scope, { params }: Input<'getOperation'>): Promise<Answer<Operation>> {
    return this.#answer(scope, params.operationId);
  }

  async cancel(scope: Scope, { params }: Input<'cancelOperation'>): Promise<Answer<Operation>> {
    await this.#tiers.retrying(async () => {
      const old = await this.#read(scope, params.operationId);
      const { status } = operationOf(old, this.#tiers.now());
      if (status !== 'running') throw new Refusal('conflict', `It is not running: it has ${status}.`);
      await this.#put(scope, old, { status: 'cancelled' });
    });
    await this.#running.get(params.operationId);
    return this.#answer(scope, params.operationId);
  }

  async retry(scope: Scope, { params }: Input<'retryOperation'>): Promise<Answer<Operation>> {
    const again = await this.#tiers.retrying(async () => {
      const old = await this.#read(scope, params.operationId);
      const { status } = operationOf(old, this.#tiers.now());
      if (status !== 'failed' && status !== 'cancelled')
        throw new Refusal('conflict', `It is ${status}: there is nothing to retry.`);
      const { error: _, ...rest } = old.body;
      return this.#put(
        scope,
        { ...old, body: rest },
        { status: 'running', changes: [], progress: { done: 0, total: null } },
      );
    });
    this.#run(scope, again);
    return this.#answer(scope, params.operationId);
  }

  /** Stops what runs after its current step; a retry goes on with it. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#running.values());
  }

  #run(scope: Scope, document: OperationDocument): void {
    const run = this.#work(scope, document).finally(() => this.#running.delete(document.id));
    this.#running.set(document.id, run);
  }

  async #work(scope: Scope, document: OperationDocument): Promise<void> {
    let current = document;
    const changes: OperationChange[] = [];
    let progress: Operation['progress'] = { done: 0, total: null };
    const write = async (more: Partial<OperationBody>) => {
      current = await this.#put(scope, current, { ...more, progress, changes: changes.slice(0, MOST_CHANGES) });
    };
    const step: Progress['step'] = async (done, total, ...more) => {
      if (this.#closing) throw new Cancelled('The service is stopped.');
      changes.push(...more);
      progress = { done, total };
      if (this.#tiers.now() - current.body.updatedAt >= REPORT_EVERY) await write({});
      else if ((await this.#read(scope, document.id)).version !== current.version)
        throw new Cancelled('It was cancelled.');
    };
    try {
      const work = this.#works.get(document.body.type);
      if (work === undefined) throw new TypeError(`nothing does ${document.body.type}`);
      const receipt = await work.run(scope, document.body.input, document.body.dryRun, { step });
      await write({ status: 'succeeded', ...(receipt && { receipt }) });
    } catch (error) {
      await this.#failed(error, write);
    }
  }

  async #failed(error: unknown, write: (more: Partial<OperationBody>) => Promise<void>): Promise<void> {
    if (error instanceof VersionConflict || (error instanceof Cancelled && !this.#closing)) return;
    const why = error instanceof Error ? error.message : String(error);
    // Without its store the operation stays `running` until it has been silent for too long: then it can be retried.
    await write({ status: error instanceof Cancelled ? 'cancelled' : 'failed', error: why }).catch(() => undefined);
  }

  async #put(scope: Scope, old: OperationDocument, more: Partial<OperationBody>): Promise<OperationDocument> {
    const now = this.#tiers.now();
    const put = operationDocument({ ...old, version: old.version + 1, body: { ...old.body, ...more, updatedAt: now } });
    await this.#tiers.commit(scope.tenant, 'long', [{ put, expect: old.version }]);
    return put;
  }

  async #read(scope: Scope, id: string): Promise<OperationDocument> {
    const found = await this.#tiers.get(scope.tenant, 'long', { kind: 'operation', id });
    if (found === undefined) throw new Refusal('not-found', `There is no operation ${id}.`);
    return operationDocument(found);
  }

  async #answer(scope: Scope, id: string): Promise<Answer<Operation>> {
    const document = await this.#read(scope, id);
    const body = operationOf(document, this.#tiers.now());
    return { body, version: document.version };
  }
}
