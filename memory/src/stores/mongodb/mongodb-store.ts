import { type Collection, type Db, MongoClient, type ServerType } from 'mongodb';
import { matches, narrowestList, sortablePlaceOf } from '../lists.ts';
import type { Document, DocumentStore, Key, ListQuery, OwnedDocument, Write } from '../store.ts';
import type { Commits } from './commits.ts';
import { storeError } from './failure.ts';
import { type Marked, type Marker, Markers } from './markers.ts';
import { documentOf, lives, living, ownedDocumentOf, primaryKey, type Stored } from './record.ts';
import { Transactions } from './transactions.ts';

export interface MongoDbOptions {
  /** Members to connect to first. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** Default: a single server. */
  readonly replicaSet?: string;
  readonly database: string;
  readonly user?: string;
  readonly password?: string;
  /** Database that holds the user. Default: `admin`. */
  readonly authSource?: string;
  /** Longest wait for one command, for a connection, and for a primary. */
  readonly timeoutMilliseconds: number;
}

/** Documents that a page of a list holds at least, as some of it may be dropped. */
const SMALLEST_PAGE = 64;
/** Seconds in which a commit that was undone may still come back and find that it was. */
const ABORTED_KEPT = 86_400;

/** The database, once it has answered for the first time. */
interface Opened {
  readonly documents: Collection<Stored>;
  readonly commits: Commits;
  readonly transactions: boolean;
}

/** The store of the mid tier on MongoDB 5 or newer. */
export class MongoDbStore implements DocumentStore {
  readonly name = 'mongodb';
  private readonly client: MongoClient;
  private readonly database: Db;
  private readonly timeoutMilliseconds: number;
  private serverType: ServerType | undefined;
  private opening: Promise<Opened> | undefined;

  constructor({ hosts, replicaSet, database, user, password, authSource, timeoutMilliseconds }: MongoDbOptions) {
    this.timeoutMilliseconds = timeoutMilliseconds;
    this.client = new MongoClient(`mongodb://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/`, {
      ...(replicaSet === undefined ? { directConnection: true } : { replicaSet }),
      ...(user === undefined ? {} : { auth: { username: user, password: password ?? '' } }),
      ...(user === undefined ? {} : { authSource: authSource ?? 'admin' }),
      connectTimeoutMS: timeoutMilliseconds,
      socketTimeoutMS: timeoutMilliseconds,
      serverSelectionTimeoutMS: timeoutMilliseconds,
      waitQueueTimeoutMS: timeoutMilliseconds,
      retryReads: true,
      retryWrites: true,
      writeConcern: { w: 'majority', journal: true },
    });
    this.client.on('serverDescriptionChanged', ({ newDescription: { type } }) => {
      if (type !== 'Unknown') this.serverType = type;
    });
    this.database = this.client.db(database);
  }

  commit(tenant: string, writes: readonly Write[], now: number): Promise<void> {
    if (writes.length === 0) return Promise.resolve();
    return this.call(({ commits }) => commits.commit(tenant, writes, now));
  }

  get(tenant: string, keys: readonly Key[], now: number): Promise<readonly (Document | undefined)[]> {
    const ids = keys.map((key) => primaryKey(tenant, key));
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return Promise.resolve([]);
    return this.call(async ({ commits }) => {
      const { documents } = await commits.find({ filter: { _id: { $in: wanted } }, limit: wanted.length });
      const found = new Map(documents.filter((one) => lives(one, now)).map((one) => [one._id, one]));
      return ids.map((id) => {
        const stored = found.get(id);
        return stored && documentOf(stored);
      });
    });
  }

  list(tenant: string, query: ListQuery, now: number): Promise<readonly Document[]> {
    const { where, after, direction, limit } = query;
    const ascending = direction === 'ascending';
    return this.call(async ({ commits, transactions }) => {
      const found: Document[] = [];
      let from = after && sortablePlaceOf(after.order, after.id);
      do {
        const page = await commits.find({
          filter: {
            tenant,
            lists: narrowestList(query),
            ...(from !== undefined && { place: ascending ? { $gt: from } : { $lt: from } }),
            // Without transactions, what a document is by now is known only after it was read.
            ...(transactions && { ...attributesOf(where), ...living(now) }),
          },
          sort: { place: ascending ? 1 : -1 },
          limit: Math.max(limit - found.length, SMALLEST_PAGE),
        });
        found.push(
          ...page.documents.filter((one) => lives(one, now) && matches(one.attributes, where)).map(documentOf),
        );
        from = page.last;
      } while (from !== undefined && found.length < limit);
      return found.slice(0, limit);
    });
  }

  pending(limit: number, tenant?: string): Promise<readonly OwnedDocument[]> {
    return this.call(async ({ documents }) => {
      const filter = { pending: true, ...(tenant !== undefined && { tenant }) };
      const found = documents.find(filter, { sort: { writtenAt: 1, tenant: 1, _id: 1 }, limit });
      return (await found.toArray()).map(ownedDocumentOf);
    });
  }

  settle(settled: readonly (Key & { readonly tenant: string; readonly version: number })[]): Promise<void> {
    if (settled.length === 0) return Promise.resolve();
    return this.call(async ({ documents }) => {
      const operations = settled.map(({ tenant, version, ...key }) => ({
        updateOne: {
          filter: { _id: primaryKey(tenant, key), version, pending: true },
          update: { $set: { pending: false } },
        },
      }));
      await documents.bulkWrite(operations, { ordered: false });
    });
  }

  /** The database does so by itself, up to a minute later; here also after what died in the middle. */
  reap(now: number, limit: number): Promise<number> {
    return this.call(async ({ documents, commits }) => {
      await commits.recover();
      const gone = { pending: false, expiresAt: { $ne: null, $lte: now } };
      const found = await documents.find(gone, { projection: { _id: 1 }, limit }).toArray();
      if (found.length === 0) return 0;
      const { deletedCount } = await documents.deleteMany({ ...gone, _id: { $in: found.map(({ _id }) => _id) } });
      return deletedCount;
    });
  }

  check(): Promise<void> {
    return this.call(async () => {
      const checks = this.database.collection<{ readonly _id: string; readonly at: Date }>('checks');
      await checks.updateOne({ _id: 'check' }, { $set: { at: new Date() } }, { upsert: true });
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async call<Value>(use: (opened: Opened) => Promise<Value>): Promise<Value> {
    try {
      return await use(await this.open());
    } catch (error) {
      throw storeError(error);
    }
  }

  private open(): Promise<Opened> {
    this.opening ??= this.prepare().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async prepare(): Promise<Opened> {
    // A driver whose first attempt failed begins again only when it is told to.
    await this.client.connect();
    await this.database.command({ ping: 1 });
    const transactions = this.serverType !== 'Standalone';
    const documents = this.database.collection<Stored>('documents', {
      ...(transactions && { readConcern: { level: 'majority' as const } }),
    });
    await createIndexes(documents);
    if (transactions) {
      return { documents, transactions, commits: new Transactions(this.client, documents, this.timeoutMilliseconds) };
    }
    const marked = this.database.collection<Marked>('documents');
    const markers = this.database.collection<Marker>('commits');
    await marked.createIndex({ 'next.since': 1 }, { sparse: true });
    await markers.createIndex(
      { at: 1 },
      { expireAfterSeconds: ABORTED_KEPT, partialFilterExpression: { outcome: 'aborted' } },
    );
    return { documents, transactions, commits: new Markers(marked, markers, this.timeoutMilliseconds) };
  }
}

/** Creating an index that is there does nothing. */
async function createIndexes(documents: Collection<Stored>): Promise<void> {
  await documents.createIndexes([
    { key: { tenant: 1, lists: 1, place: 1 }, name: 'lists' },
    { key: { writtenAt: 1, tenant: 1, _id: 1 }, name: 'pending', partialFilterExpression: { pending: true } },
    { key: { expiresAt: 1 }, name: 'expiry', partialFilterExpression: { expiresAt: { $type: 'number' } } },
    {
      key: { reapAt: 1 },
      name: 'reap',
      expireAfterSeconds: 0,
      // What the search index does not know of stays until it does.
      partialFilterExpression: { pending: false },
    },
  ]);
}

function attributesOf(where: ListQuery['where']): Readonly<Record<string, string>> {
  const given = Object.entries(where).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [`attributes.${name}`, value]));
}
