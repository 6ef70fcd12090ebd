import { type CollectionReference, type DocumentReference, FieldValue, Firestore } from '@google-cloud/firestore';
import { matches, narrowestList, sortablePlaceOf } from '../lists.ts';
import {
  type Document,
  type DocumentStore,
  type Key,
  type ListQuery,
  type OwnedDocument,
  VersionConflict,
  type Write,
} from '../store.ts';
import { storeError } from './failure.ts';
import { documentOf, listOf, lives, nameOf, ownedDocumentOf, type Stored, storedOf } from './record.ts';

export interface FirestoreOptions {
  readonly project: string;
  /** Default: `(default)`. */
  readonly database?: string;
  /** `host:port` of an emulator to use in place of Google Cloud. */
  readonly emulatorHost?: string;
}

/** The collection that all tenants' documents are in; `firestore.indexes.json` has its indexes and its TTL policy. */
export const collectionName = 'memory';
/** Documents that a page of a list holds at least, as some of it may be dropped. */
const SMALLEST_PAGE = 32;
/** What other transactions may make this one begin again; the library waits longer each time. */
const ATTEMPTS = 8;

/**
 * The store of the long tier on Firestore. A list is a query over documents that name it, in a few indexes for all attributes.
 * Documents of a transaction are read and written as one; a list is of one moment for each page of at least 32.
 */
export class FirestoreStore implements DocumentStore {
  readonly name = 'firestore';
  private readonly firestore: Firestore;
  private readonly documents: CollectionReference<Stored, Stored>;

  constructor({ project, database, emulatorHost }: FirestoreOptions) {
    this.firestore = new Firestore({
      projectId: project,
      databaseId: database ?? '(default)',
      ignoreUndefinedProperties: true,
      ...(emulatorHost === undefined ? {} : { host: emulatorHost, ssl: false }),
    });
    this.documents = this.firestore.collection(collectionName) as CollectionReference<Stored, Stored>;
  }

  commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    if (writes.length === 0) return Promise.resolve();
    const targets = writes.map((write) => ({ write, reference: this.reference(tenant, keyOf(write)) }));
    const guarded = targets.filter(({ write }) => write.expect !== 'any');
    return this.call(() =>
      guarded.length === 0
        ? this.writeAll(targets, tenant, now)
        : this.firestore.runTransaction(
            async (transaction) => {
              const found = await transaction.getAll(...guarded.map(({ reference }) => reference));
              for (const [i, { write }] of guarded.entries()) {
                const stored = found[i]?.data() as Stored | undefined;
                const version = stored && lives(stored, now) ? stored.version : undefined;
                if (version === (write.expect === 'absent' ? undefined : write.expect)) continue;
                const { kind, id } = keyOf(write);
                throw new VersionConflict({ kind, id }, version);
              }
              for (const target of targets) apply(transaction, target, tenant, now);
            },
            { maxAttempts: ATTEMPTS },
          ),
    );
  }

  private async writeAll(targets: readonly Target[], tenant: string, now: number): Promise<void> {
    const batch = this.firestore.batch();
    for (const target of targets) apply(batch, target, tenant, now);
    await batch.commit();
  }

  /** Firestore reads several documents at one moment. */
  get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]> {
    if (keys.length === 0) return Promise.resolve([]);
    const names = keys.map((key) => nameOf(tenant, key));
    return this.call(async () => {
      const references = [...new Set(names)].map((name) => this.documents.doc(name));
      const found = new Map((await this.firestore.getAll(...references)).map((one) => [one.id, one.data() as Stored]));
      return names.map((name) => {
        const stored = found.get(name);
        return stored && lives(stored, now) ? documentOf(stored) : undefined;
      });
    });
  }

  list(tenant: string, query: ListQuery, now: number): Promise<readonly Document[]> {
    const { where, after, direction, limit } = query;
    const all = this.documents
      .where('lists', 'array-contains', listOf(tenant, narrowestList(query)))
      .orderBy('place', direction === 'ascending' ? 'asc' : 'desc');
    return this.call(async () => {
      const found: Document[] = [];
      let from = after && sortablePlaceOf(after.order, after.id);
      do {
        const wanted = Math.max(limit - found.length, SMALLEST_PAGE);
        const page = await (from === undefined ? all : all.startAfter(from)).limit(wanted).get();
        const stored = page.docs.map((one) => one.data());
        found.push(...stored.filter((one) => lives(one, now) && matches(one.attributes, where)).map(documentOf));
        from = stored.length < wanted ? undefined : stored.at(-1)?.place;
      } while (from !== undefined && found.length < limit);
      return found.slice(0, limit);
    });
  }

  pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]> {
    const asked = tenant === undefined ? this.documents : this.documents.where('tenant', '==', tenant);
    return this.call(async () => {
      const page = await asked.orderBy('pendingSince').limit(limit).get();
      return page.docs
        .map((one) => one.data())
        .sort(byAge)
        .map(ownedDocumentOf);
    });
  }

  settle(settled: readonly (Key & { readonly tenant: string; readonly version: number })[]): Promise<void> {
    if (settled.length === 0) return Promise.resolve();
    return this.call(() =>
      this.firestore.runTransaction(
        async (transaction) => {
          const references = settled.map(({ tenant, ...key }) => this.reference(tenant, key));
          const found = await transaction.getAll(...references);
          for (const [i, one] of found.entries()) {
            const stored = one.data() as Stored | undefined;
            if (stored?.version !== settled[i]?.version || stored?.pendingSince === undefined) continue;
            transaction.update(one.ref, {
              pendingSince: FieldValue.delete(),
              ...(stored.expireAtOnceSettled && { expireAt: stored.expireAtOnceSettled }),
            });
          }
        },
        { maxAttempts: ATTEMPTS },
      ),
    );
  }

  /** Reads, and writes one small document. */
  check(): Promise<void> {
    return this.call(async () => {
      await this.firestore.collection('checks').doc('memory').set({ at: FieldValue.serverTimestamp() });
    });
  }

  close(): Promise<void> {
    return this.firestore.terminate();
  }

  private reference(tenant: string, key: Key): DocumentReference<Stored, Stored> {
    return this.documents.doc(nameOf(tenant, key));
  }

  private async call<Value>(use: () => Promise<Value>): Promise<Value> {
    try {
      return await use();
    } catch (error) {
      throw storeError(error);
    }
  }
}

interface Target {
  readonly write: Write;
  readonly reference: DocumentReference<Stored, Stored>;
}

const byAge = (one: Stored, other: Stored) =>
  (one.pendingSince ?? 0) - (other.pendingSince ?? 0) ||
  Number(one.tenant > other.tenant) - Number(one.tenant < other.tenant);

/** A transaction or a batch. */
interface Writer {
  set(reference: Target['reference'], stored: Stored): unknown;
  delete(reference: Target['reference']): unknown;
}

const keyOf = (write: Write): Key => ('put' in write ? write.put : write.remove);

function apply(writer: Writer, { write, reference }: Target, tenant: string, now: number): void {
  if ('put' in write) writer.set(reference, storedOf(tenant, write.put, now));
  else writer.delete(reference);
}
