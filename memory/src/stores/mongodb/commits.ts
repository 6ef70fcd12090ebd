import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb';
import { type Key, VersionConflict, type Write } from '../store.ts';
import { expired, lives, living, primaryKey, type Stored, storedOf } from './record.ts';

/** What is read: documents by a filter, in the order of an index. */
export interface Query {
  readonly filter: Filter<Stored>;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly limit: number;
}

export interface Found {
  readonly documents: readonly Stored[];
  /** Place of the last that was looked at; undefined where there are no more. */
  readonly last: string | undefined;
}

/** How several documents are written, and read, as one. */
export interface Commits {
  commit(tenant: string, writes: readonly Write[], now: number): Promise<void>;
  /** Documents of one moment. Without `sort`, `limit` is the number of keys that are asked for. */
  find(query: Query): Promise<Found>;
  /** Completes, or undoes, what died in the middle. */
  recover(): Promise<void>;
}

export const keyOf = (write: Write): Key => ('put' in write ? write.put : write.remove);

/** The document that a write finds must be as it expects. */
export function expectation({ expect }: Write, now: number): Filter<Stored> {
  if (expect === 'any') return {};
  return expect === 'absent' ? expired(now) : { version: expect, ...living(now) };
}

/** One write as one operation of the server: it does nothing, or fails as a duplicate, where it finds something unexpected. */
export function operation(tenant: string, write: Write, now: number, also: Filter<Stored> = {}) {
  const filter: Filter<Stored> = { _id: primaryKey(tenant, keyOf(write)), ...expectation(write, now), ...also };
  if ('remove' in write) return { deleteOne: { filter } } satisfies AnyBulkWriteOperation<Stored>;
  const replacement = storedOf(tenant, write.put, now);
  const upsert = typeof write.expect !== 'number';
  return { replaceOne: { filter, replacement, upsert } } satisfies AnyBulkWriteOperation<Stored>;
}

/** @returns why the writes could not be done; undefined where by now they could be */
export async function conflictOf(
  collection: Collection<Stored>,
  tenant: string,
  writes: readonly Write[],
  now: number,
): Promise<VersionConflict | undefined> {
  const ids = writes.map((write) => primaryKey(tenant, keyOf(write)));
  const found = await collection.find({ _id: { $in: ids } }, { projection: { version: 1, expiresAt: 1 } }).toArray();
  const versions = new Map(found.filter((one) => lives(one, now)).map(({ _id, version }) => [_id, version]));
  for (const [i, write] of writes.entries()) {
    if (write.expect === 'any') continue;
    const version = versions.get(ids[i] as string);
    if (version === (write.expect === 'absent' ? undefined : write.expect)) continue;
    const { kind, id } = keyOf(write);
    return new VersionConflict({ kind, id }, version);
  }
  return undefined;
}
