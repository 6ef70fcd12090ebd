import type { ClientSession, Collection, MongoClient } from 'mongodb';
import { StoreUnavailable, type Write } from '../store.ts';
import { type Commits, conflictOf, type Found, operation, type Query } from './commits.ts';
import { isContention, isDuplicate } from './failure.ts';
import type { Stored } from './record.ts';

/** Something was not as expected: the transaction is given up. */
class Unexpected extends Error {}

/** Of a replica set, or behind mongos. One write is one command; several are a transaction; several reads are a snapshot. */
export class Transactions implements Commits {
  private readonly client: MongoClient;
  private readonly collection: Collection<Stored>;
  private readonly timeoutMilliseconds: number;

  constructor(client: MongoClient, collection: Collection<Stored>, timeoutMilliseconds: number) {
    this.client = client;
    this.collection = collection;
    this.timeoutMilliseconds = timeoutMilliseconds;
  }

  async commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    const deadline = Date.now() + this.timeoutMilliseconds;
    let last: unknown;
    do {
      try {
        return await this.attempt(tenant, writes, now);
      } catch (error) {
        last = error;
        if (!isUnexpected(error) && !isContention(error)) throw error;
        // Without a conflict now, another commit was in the way and is through.
        const conflict = await conflictOf(this.collection, tenant, writes, now);
        if (conflict) throw conflict;
      }
    } while (Date.now() < deadline);
    throw new StoreUnavailable('mongodb', { cause: last });
  }

  private async attempt(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    if (writes.length === 1) return this.write(tenant, writes, now);
    const session = this.client.startSession();
    try {
      session.startTransaction({
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 'majority', journal: true },
        maxCommitTimeMS: this.timeoutMilliseconds,
      });
      await this.write(tenant, writes, now, session);
      await session.commitTransaction();
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction();
      throw error;
    } finally {
      await session.endSession();
    }
  }

  private async write(tenant: string, writes: readonly Write[], now: number, session?: ClientSession): Promise<void> {
    // Whether a document that is removed in any case was there does not count, so those go apart.
    const strict = writes.filter((write) => 'put' in write || write.expect !== 'any');
    const loose = writes.filter((write) => 'remove' in write && write.expect === 'any');
    const options = session === undefined ? {} : { session };
    const operationOf = (write: Write) => operation(tenant, write, now);
    if (strict.length > 0) {
      const done = await this.collection.bulkWrite(strict.map(operationOf), options);
      if (done.matchedCount + done.upsertedCount + done.deletedCount < strict.length) throw new Unexpected();
    }
    if (loose.length > 0) await this.collection.bulkWrite(loose.map(operationOf), options);
  }

  async find({ filter, sort, limit }: Query): Promise<Found> {
    const options = { readConcern: { level: 'snapshot' as const }, maxTimeMS: this.timeoutMilliseconds, limit };
    const documents = await this.collection.find(filter, { ...options, ...(sort && { sort }) }).toArray();
    return { documents, last: documents.length < limit ? undefined : documents.at(-1)?.place };
  }

  /** The server undoes a transaction of which it hears no more. */
  async recover(): Promise<void> {}
}

const isUnexpected = (error: unknown) => error instanceof Unexpected || isDuplicate(error);
