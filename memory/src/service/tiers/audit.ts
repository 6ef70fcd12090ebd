import type * as z from 'zod';
import type { auditEntry } from '../../api/records.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { Document } from '../../stores/store.ts';
import { defined, instant } from '../records/canonical.ts';
import { uuid7 } from '../records/identifiers.ts';
import type { Signer } from '../records/signed.ts';
import type { Tiers } from './tiers.ts';

type Entry = z.output<typeof auditEntry>;
export type Audited = Pick<Entry, 'action' | 'operation'> &
  Partial<Pick<Entry, 'namespace' | 'subjectId' | 'traceId'>> & {
    readonly ids: readonly string[];
    readonly count?: number;
  };

const MOST_IDS = 100;
/** Entries of one document; each costs a write of the long tier otherwise. */
const BATCH = 200;
/** Entries that wait for the long tier to come back; beyond, the oldest are given up and counted. */
const MOST_WAITING = 20_000;
const FLUSH_AFTER = 1000;
const KEPT = 400 * 24 * 3_600_000;

/** Who read, changed or erased what. Written together within a second, so that a read costs no write of its own. */
export class Audit {
  readonly #tiers: Tiers;
  readonly #signer: Signer;
  readonly #onProblem: (error: unknown) => void;
  readonly #waiting = new Map<string, Entry[]>();
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(tiers: Tiers, signer: Signer, onProblem: (error: unknown) => void) {
    this.#tiers = tiers;
    this.#signer = signer;
    this.#onProblem = onProblem;
  }

  record(scope: Scope, { action, operation, ids, count, namespace, subjectId, traceId }: Audited): void {
    const now = this.#tiers.now();
    const entries = this.#waiting.get(scope.tenant) ?? [];
    this.#waiting.set(scope.tenant, entries);
    entries.push(
      defined({
        id: uuid7(now),
        at: instant(now),
        action,
        by: scope.principal,
        operation,
        namespace,
        subjectId,
        ids: ids.slice(0, MOST_IDS),
        count: count ?? ids.length,
        traceId,
      }) as Entry,
    );
    if (entries.length > MOST_WAITING) {
      entries.shift();
      this.#lost += 1;
      this.#onProblem(
        new Error(`${this.#lost} audit entries were given up: the long tier has not answered for too long`),
      );
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#onProblem);
    }, FLUSH_AFTER).unref();
  }

  /** Returns when all that was recorded is written. @throws StoreUnavailable; the entries wait for the next time */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#flush());
    return this.#flushing;
  }

  async list(scope: Scope, { query }: Input<'listAudit'>) {
    const { cursor, limit, ...filters } = query;
    let place = this.#signer.place<{ order: number; id: string; entry?: string }>(
      scope,
      ['audit', filters],
      cursor,
      'query/cursor',
    );
    await this.flush();
    const found: { readonly entry: Entry; readonly order: number; readonly id: string }[] = [];
    for (;;) {
      // The document that a page ended in is read again, from the entry on.
      const after =
        place === undefined
          ? {}
          : { after: { order: place.order, id: place.entry === undefined ? place.id : `${place.id}~` } };
      const page = await this.#tiers.list(scope.tenant, 'long', {
        kind: 'audit',
        where: {},
        direction: 'descending',
        limit: 50,
        ...after,
      });
      for (const { id, order, body } of page) {
        const entries = (body.entries as Entry[]).toReversed();
        const from = place?.id === id ? entries.findIndex((entry) => entry.id === place?.entry) + 1 : 0;
        for (const entry of entries.slice(from)) {
          if (filters.subjectId !== undefined && entry.subjectId !== filters.subjectId) continue;
          if (filters.action !== undefined && entry.action !== filters.action) continue;
          found.push({ entry, order, id });
        }
        if (found.length > limit) break;
      }
      const last = page.at(-1);
      if (found.length > limit || page.length < 50 || last === undefined) break;
      place = { order: last.order, id: last.id };
    }
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next =
      found.length > limit && last !== undefined
        ? this.#signer.cursor(scope, ['audit', filters], { order: last.order, id: last.id, entry: last.entry.id })
        : null;
    return {
      body: { entries: shown.map(({ entry }) => entry), next, partial: false, degraded: [] },
    } satisfies Answer<unknown>;
  }

  async #flush(): Promise<void> {
    for (const [tenant, entries] of this.#waiting) {
      while (entries.length > 0) {
        const batch = entries.slice(0, BATCH);
        const now = this.#tiers.now();
        const put: Document = {
          kind: 'audit',
          // Its first entry names it: a batch that is written again after an unknown outcome stays one.
          id: batch[0]?.id ?? uuid7(now),
          version: 1,
          attributes: {},
          order: now,
          expiresAt: now + KEPT,
          pending: false,
          body: { entries: batch },
        };
        await this.#tiers.commit(tenant, 'long', [{ put, expect: 'any' }]);
        entries.splice(0, batch.length);
      }
      if (this.#waiting.get(tenant)?.length === 0) this.#waiting.delete(tenant);
    }
  }
}
