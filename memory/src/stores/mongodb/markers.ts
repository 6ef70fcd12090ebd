import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection, Filter } from 'mongodb';
import { StoreUnavailable, type Write } from '../store.ts';
import { type Commits, conflictOf, expectation, type Found, keyOf, type Query } from './commits.ts';
import { isDuplicate } from './failure.ts';
import { type Content, contentOf, primaryKey, type Stored } from './record.ts';

/** What a commit is about to make of a document, beside what it still is. */
interface Next {
  readonly batch: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Null: it is removed. */
  readonly content: Content | null;
}

/** A stub holds the place of a document that is about to be made. */
export type Marked = Stored & { readonly next?: Next; readonly stub?: boolean };

/** Says what became of a batch. The first to write it decides. */
export interface Marker {
  readonly _id: string;
  readonly outcome: 'committed' | 'aborted';
  readonly keys: readonly string[];
  readonly at: Date;
}

/** A batch older than this, with no marker, is of a process that died. */
const ABANDONED_MILLISECONDS = 10_000;
const READS = 50;

/**
 * For a server without transactions (one that is not in a replica set): a commit first writes beside every document what it will
 * become, then inserts one marker, which is the moment of the commit, and then lets every document become it. Whoever reads a
 * document in between asks for the marker. Who finds a batch in his way completes it, waits for it, or undoes it.
 */
export class Markers implements Commits {
  private readonly documents: Collection<Marked>;
  private readonly markers: Collection<Marker>;
  private readonly timeoutMilliseconds: number;

  constructor(documents: Collection<Marked>, markers: Collection<Marker>, timeoutMilliseconds: number) {
    this.documents = documents;
    this.markers = markers;
    this.timeoutMilliseconds = timeoutMilliseconds;
  }

  async commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    const deadline = Date.now() + this.timeoutMilliseconds;
    do {
      if (await this.attempt(tenant, writes, now)) return;
    } while (Date.now() < deadline);
    throw new StoreUnavailable('mongodb', { cause: new Error('another commit of the same documents is in the way') });
  }

  /** @returns false where another batch was in the way */
  private async attempt(tenant: string, writes: readonly Write[], now: number): Promise<boolean> {
    const batch = randomUUID();
    const keys = writes.map((write) => primaryKey(tenant, keyOf(write)));
    if (!(await this.prepare(tenant, writes, now, batch))) {
      await this.undo(batch, keys);
      await this.clear(keys);
      const conflict = await conflictOf(this.committed, tenant, writes, now);
      if (conflict) throw conflict;
      return false;
    }
    if (!(await this.decide({ _id: batch, outcome: 'committed', keys, at: new Date() }))) {
      await this.undo(batch, keys);
      return false;
    }
    await this.complete(batch, keys);
    return true;
  }

  /** @returns whether every document was as expected, and is now held by this batch */
  private async prepare(tenant: string, writes: readonly Write[], now: number, batch: string): Promise<boolean> {
    const operations = writes.map((write) => {
      const { kind, id } = keyOf(write);
      const content = 'put' in write ? contentOf(write.put, now) : null;
      const free: Filter<Marked> = { next: { $exists: false } };
      const as =
        write.expect === 'absent' ? { $or: [expectation(write, now), { stub: true }] } : expectation(write, now);
      return {
        updateOne: {
          filter: { _id: primaryKey(tenant, { kind, id }), $and: [free, as as Filter<Marked>] },
          update: {
            $set: { next: { batch, since: Date.now(), content } },
            $setOnInsert: { tenant, kind, id, version: 0, stub: true, pending: false, place: content?.place ?? '' },
            // It is found where it was and where it will be, by readers who then look closer.
            $addToSet: { lists: { $each: [...(content?.lists ?? [])] } },
          },
          upsert: typeof write.expect !== 'number',
        },
      };
    });
    try {
      const { matchedCount, upsertedCount } = await this.documents.bulkWrite(operations, { ordered: false });
      return matchedCount + upsertedCount === writes.length;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** @returns false where another has decided before */
  private async decide(marker: Marker): Promise<boolean> {
    try {
      await this.markers.insertOne(marker);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** Lets every document of a committed batch become what it is to be. Whoever does it, and how often, it is the same. */
  private async complete(batch: string, keys: readonly string[]): Promise<void> {
    const held = await this.documents.find({ _id: { $in: [...keys] }, 'next.batch': batch }).toArray();
    if (held.length > 0) {
      const operations = held.map((document) => {
        const filter = { _id: document._id, 'next.batch': batch };
        const [replacement] = asItWillBe(document);
        return replacement ? { replaceOne: { filter, replacement } } : { deleteOne: { filter } };
      });
      await this.documents.bulkWrite(operations, { ordered: false });
    }
    await this.markers.deleteOne({ _id: batch });
  }

  private async undo(batch: string, keys: readonly string[]): Promise<void> {
    const _id = { $in: [...keys] };
    await this.documents.updateMany({ _id, 'next.batch': batch }, { $unset: { next: '' } });
    await this.documents.deleteMany({ _id, stub: true, next: { $exists: false } });
  }

  /** Makes way where batches of others hold these documents. */
  private async clear(keys: readonly string[]): Promise<void> {
    const held = await this.documents.find({ _id: { $in: [...keys] }, next: { $exists: true } }).toArray();
    await this.settle(held);
  }

  private async settle(held: readonly Marked[]): Promise<void> {
    const batches = new Map(held.flatMap(({ next }) => (next ? [[next.batch, next.since] as const] : [])));
    for (const [batch, since] of batches) {
      const marker = await this.markers.findOne({ _id: batch });
      const keys = marker?.keys ?? held.filter(({ next }) => next?.batch === batch).map(({ _id }) => _id);
      if (marker?.outcome === 'committed') await this.complete(batch, keys);
      else if (marker?.outcome === 'aborted') await this.undo(batch, keys);
      else if (Date.now() - since < ABANDONED_MILLISECONDS) await sleep(5 + Math.random() * 20);
      else if (await this.decide({ _id: batch, outcome: 'aborted', keys, at: new Date() }))
        await this.undo(batch, keys);
    }
  }

  /** Nothing changed between two equal reads, so the markers that were read between them belong to what they saw. */
  async find({ filter, sort, limit }: Query): Promise<Found> {
    const read = () => this.documents.find(filter, { limit, ...(sort && { sort }) }).toArray();
    const foundBy = (documents: readonly Stored[]) => ({
      documents,
      last: seen.length < limit ? undefined : seen.at(-1)?.place,
    });
    let seen = await read();
    if (limit === 1 && !sort && !seen[0]?.next) return foundBy(seen.flatMap(asItWas));
    for (let reads = 0; reads < READS; reads++) {
      const committed = await this.committedAmong(seen);
      const again = await read();
      if (fingerprint(seen) === fingerprint(again)) {
        return foundBy(
          seen.flatMap((one) => (one.next && committed.has(one.next.batch) ? asItWillBe(one) : asItWas(one))),
        );
      }
      seen = again;
    }
    throw new StoreUnavailable('mongodb', { cause: new Error(`the documents changed during each of ${READS} reads`) });
  }

  private async committedAmong(seen: readonly Marked[]): Promise<ReadonlySet<string>> {
    const batches = [...new Set(seen.flatMap(({ next }) => (next ? [next.batch] : [])))];
    if (batches.length === 0) return new Set();
    const committed = await this.markers.find({ _id: { $in: batches }, outcome: 'committed' }).toArray();
    return new Set(committed.map(({ _id }) => _id));
  }

  async recover(): Promise<void> {
    for (const { _id, keys } of await this.markers.find({ outcome: 'committed' }).toArray()) {
      await this.complete(_id, keys);
    }
    const abandoned = { 'next.since': { $lt: Date.now() - ABANDONED_MILLISECONDS } };
    await this.settle(await this.documents.find(abandoned).toArray());
  }

  /** Stubs have version 0, which nobody expects. */
  private get committed(): Collection<Stored> {
    return this.documents as unknown as Collection<Stored>;
  }
}

const asItWas = ({ next: _, stub, ...stored }: Marked): Stored[] => (stub ? [] : [stored]);

function asItWillBe({ _id, tenant, kind, id, next }: Marked): Stored[] {
  return next?.content ? [{ _id, tenant, kind, id, ...next.content, batch: next.batch }] : [];
}

const fingerprint = (documents: readonly Marked[]) =>
  documents.map(({ _id, version, batch, next }) => `${_id} ${version} ${batch} ${next?.batch}`).join('\n');
