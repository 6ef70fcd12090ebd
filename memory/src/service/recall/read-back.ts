import type { Document, Key, Tier } from '../../stores/store.ts';
import { type StoreTier, storeTiers } from '../dependencies.ts';
import { memoryDocument, revisionKeys } from '../records/memory.ts';
import { belongs } from '../sessions/messages.ts';
import { sessionDocument } from '../sessions/record.ts';
import { storeTierOf, type Tiers, tiersOf } from '../tiers/tiers.ts';
import { mayShow } from './boundary.ts';
import { tierOf } from './candidates.ts';
import type { Asked } from './question.ts';

/** A document that may be shown, with what was found out about it. */
export interface Shown {
  readonly document: Document;
  readonly tier: Tier;
  readonly similarity?: number;
}

/** Messages whose neighbours are read too, for what they are about; and how far. */
const WITH_NEIGHBOURS = 24;
const REACH = 2;

interface Wanted extends Key {
  readonly tier: Tier;
  readonly similarity?: number;
}

/** Reads what the index named from the stores that own it. Nothing else leads from a search to an answer. */
export class ReadBack {
  readonly #tiers: Tiers;

  constructor(tiers: Tiers) {
    this.#tiers = tiers;
  }

  async read(
    asked: Asked,
    wanted: readonly Wanted[],
  ): Promise<{ readonly shown: readonly Shown[]; readonly down: readonly Tier[] }> {
    const { scope, stores } = asked;
    const similarity = new Map(wanted.map((one) => [`${one.kind} ${one.id}`, one.similarity]));
    const { value, down } = await this.#tiers.each(stores, async (store) => {
      const keys = wanted.filter(({ tier }) => storeTierOf(tier) === store);
      return (await this.#tiers.getAll(scope.tenant, store, keys)).flatMap((document) =>
        document === undefined ? [] : [{ document, store }],
      );
    });
    const read = value.flat();
    const moved = await this.#moved(
      asked,
      wanted,
      read.map(({ document }) => document),
      down,
    );
    const highest = new Map<string, { document: Document; store: StoreTier }>();
    for (const one of [...read, ...moved]) {
      const key = `${one.document.kind} ${one.document.id}`;
      const known = highest.get(key);
      if (known === undefined || storeTiers.indexOf(one.store) > storeTiers.indexOf(known.store)) highest.set(key, one);
    }
    const shown = [...highest.values()].flatMap(({ document, store }): Shown[] => {
      const tier = tierOf(document, store);
      const near = similarity.get(`${document.kind} ${document.id}`);
      return mayShow(asked, document, tier)
        ? [{ document, tier, ...(near !== undefined && { similarity: near }) }]
        : [];
    });
    const living = await this.#ofLivingSessions(asked, shown);
    return { shown: await this.#asItWas(asked, living), down: down.flatMap(tiersOf) };
  }

  /** What stands beside the first messages in their sessions. */
  async neighbours(asked: Asked, shown: readonly Shown[]): Promise<readonly Shown[]> {
    const messages = shown.filter(({ document }) => document.kind === 'message').slice(0, WITH_NEIGHBOURS);
    const known = new Set(shown.map(({ document }) => document.id));
    const { value } = await this.#tiers.each(messages.length > 0 ? ['short'] : [], (store) =>
      Promise.all(
        messages.map(async ({ document }) => {
          const { sessionId } = document.attributes;
          if (sessionId === undefined) return [];
          const beside = await this.#tiers.list(asked.scope.tenant, store, {
            kind: 'message',
            where: { sessionId },
            after: { order: Math.max(0, document.order - REACH), id: '' },
            direction: 'ascending',
            limit: 2 * REACH + 1,
          });
          return beside.filter((one) => one.body.epoch === document.body.epoch && one.order <= document.order + REACH);
        }),
      ),
    );
    const found = new Map<string, Shown>();
    for (const document of value.flat(2)) {
      if (!known.has(document.id) && mayShow(asked, document, 'short'))
        found.set(document.id, { document, tier: 'short' });
    }
    return [...found.values()];
  }

  /** A memory that was promoted since the index was told is in another store now. */
  async #moved(asked: Asked, wanted: readonly Wanted[], read: readonly Document[], down: readonly StoreTier[]) {
    const there = new Set(read.map(({ id }) => id));
    const missing = wanted.filter(({ kind, id }) => kind === 'memory' && !there.has(id));
    if (missing.length === 0) return [];
    const others = storeTiers.filter((store) => !down.includes(store));
    const { value } = await this.#tiers.each(others, async (store) =>
      (await this.#tiers.getAll(asked.scope.tenant, store, missing)).flatMap((document) =>
        document === undefined ? [] : [{ document, store }],
      ),
    );
    return value.flat();
  }

  async #ofLivingSessions({ scope }: Asked, shown: readonly Shown[]): Promise<readonly Shown[]> {
    const ids = new Set(
      shown.flatMap(({ document }) => (document.kind === 'message' ? [document.attributes.sessionId ?? ''] : [])),
    );
    if (ids.size === 0) return shown;
    const keys = [...ids].map((id): Key => ({ kind: 'session', id }));
    const { value } = await this.#tiers.each(['short'], (store) => this.#tiers.getAll(scope.tenant, store, keys));
    const sessions = new Map(
      value.flat().flatMap((one) => (one === undefined ? [] : [[one.id, sessionDocument(one)]])),
    );
    return shown.filter(
      ({ document }) =>
        document.kind !== 'message' || belongs(document, sessions.get(document.attributes.sessionId ?? '')),
    );
  }

  /** The version that lived at the instant asked for. */
  async #asItWas({ scope, asOf }: Asked, shown: readonly Shown[]): Promise<readonly Shown[]> {
    if (asOf === undefined) return shown;
    return Promise.all(
      shown.map(async (one) => {
        const { document, tier } = one;
        if (document.kind !== 'memory' || memoryDocument(document).body.updatedAt <= asOf) return one;
        const revisions = await this.#tiers.getAll(scope.tenant, storeTierOf(tier), revisionKeys(document));
        const then = revisions.findLast(
          (revision) => revision !== undefined && Number(revision.body.updatedAt) <= asOf,
        );
        if (then === undefined) return one;
        const { text, metadata, importance } = memoryDocument(then).body;
        return { ...one, document: { ...document, body: { ...document.body, text, metadata, importance } } };
      }),
    );
  }
}
