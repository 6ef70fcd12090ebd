/** Reads from MongoDB: every query has a time, a number of documents and a number of bytes that it may take. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import { deserialize } from 'bson';
import type { Db, Document } from 'mongodb';
import type { Policed } from '../policy/apply.ts';
import type { Dialect } from '../policy/language/check.ts';
import type { Connection } from './client.ts';
import { isMissing, isNotOffered, refusalOf, tooSlow } from './failures.ts';

/** Milliseconds that an answer may be on its way after the server's own time is over. */
const ON_THE_WAY = 500;
/** Documents that one message of the server has at most; a message has 16 MB at most. */
const BATCH = 101;

export interface Effort {
  readonly signal: AbortSignal;
  /** maxTimeMS; an answer that comes later is not waited for. */
  readonly timeMs: number;
  /** Most bytes of documents. */
  readonly bytes: number;
  /** Shown in the server's log and profiler. */
  readonly comment: string;
}

export interface Rows {
  readonly rows: readonly Document[];
  /** There are more than the query's limit lets through. */
  readonly more: boolean;
  /** The byte budget was used up before the limit. */
  readonly cutByBytes: boolean;
  readonly bytes: number;
}

export interface CollectionName {
  readonly name: string;
  readonly isView: boolean;
}

export interface Index {
  readonly name: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly unique: boolean;
  /** Covers some documents only: a query cannot rely on it. */
  readonly partial: boolean;
}

export class Database {
  readonly name: string;
  readonly #connection: Connection;
  #dialect: Promise<Dialect> | undefined;
  #explains = true;

  constructor(connection: Connection, name: string) {
    this.#connection = connection;
    this.name = name;
  }

  /** @throws ToolRefusal */
  async read(query: Policed, effort: Effort): Promise<Rows> {
    return this.#within(effort, async (db, signal) => {
      // Raw: what a document weighs is known before it is unpacked.
      const options = { ...this.#options(query.limit, effort), signal, raw: true };
      const collection = db.collection(query.collection);
      const cursor =
        query.operation === 'find'
          ? collection.find(query.filter, {
              ...options,
              projection: query.projection,
              sort: { ...query.sort },
              skip: query.skip,
              limit: query.limit,
            })
          : collection.aggregate([...query.pipeline], { ...options, allowDiskUse: false });
      try {
        const rows: Document[] = [];
        let bytes = 0;
        for await (const raw of cursor as AsyncIterable<unknown>) {
          const document = raw as Uint8Array;
          if (rows.length === query.limit - 1) return { rows, bytes, more: true, cutByBytes: false };
          bytes += document.byteLength;
          if (bytes > effort.bytes) return { rows, bytes, more: true, cutByBytes: true };
          rows.push(deserialize(document, { promoteValues: true }));
        }
        return { rows, bytes, more: false, cutByBytes: false };
      } finally {
        // Nobody waits for the server to forget the cursor.
        cursor.close().catch(() => {});
      }
    });
  }

  /** Documents for a look at what a collection holds: all of a small one, some of a larger one. */
  async sample(collection: string, filter: Document, size: number, effort: Effort): Promise<Document[]> {
    return this.#within(effort, async (db, signal) => {
      const few = (await db.collection(collection).estimatedDocumentCount({ maxTimeMS: effort.timeMs })) <= size;
      const pipeline = [
        ...(Object.keys(filter).length > 0 ? [{ $match: filter }] : []),
        few ? { $limit: size } : { $sample: { size } },
      ];
      const options = { ...this.#options(size, effort), signal, raw: true };
      const documents: Document[] = [];
      let bytes = 0;
      const cursor = db.collection(collection).aggregate(pipeline, options);
      try {
        for await (const raw of cursor as AsyncIterable<unknown>) {
          const document = raw as Uint8Array;
          bytes += document.byteLength;
          if (bytes > effort.bytes) break;
          documents.push(deserialize(document, { promoteValues: true }));
        }
        return documents;
      } finally {
        cursor.close().catch(() => {});
      }
    });
  }

  async collections(effort: Effort): Promise<CollectionName[]> {
    return this.#within(effort, async (db) => {
      const found = await db.listCollections({}, { nameOnly: false }).toArray();
      return found
        .map(({ name, type }) => ({ name, isView: type === 'view' }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async indexes(collection: string, effort: Effort): Promise<Index[]> {
    return this.#within(effort, async (db) => {
      try {
        const found = await db.collection(collection).listIndexes().toArray();
        return found.map(({ name, key, unique, partialFilterExpression, sparse }) => ({
          name: String(name),
          key: Object.fromEntries(Object.entries(key as object)),
          unique: unique === true,
          partial: partialFilterExpression !== undefined || sparse === true,
        }));
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
  }

  /** From the server's statistics: at once, and exact but after a crash or in a sharded cluster. */
  async size(collection: string, effort: Effort): Promise<number> {
    return this.#within(effort, (db) => db.collection(collection).estimatedDocumentCount({ maxTimeMS: effort.timeMs }));
  }

  /** The server's plan; undefined where it has no `explain`. */
  async explain(query: Policed, effort: Effort): Promise<Document | undefined> {
    if (!this.#explains) return undefined;
    return this.#within(effort, async (db) => {
      const command =
        query.operation === 'find'
          ? {
              find: query.collection,
              filter: query.filter,
              sort: query.sort,
              projection: query.projection,
              limit: query.limit,
            }
          : { aggregate: query.collection, pipeline: query.pipeline, cursor: {} };
      try {
        return await db.command({
          explain: { ...command, comment: effort.comment },
          verbosity: 'queryPlanner',
          maxTimeMS: effort.timeMs,
        });
      } catch (error) {
        if (!isNotOffered(error)) throw error;
        this.#explains = false;
        return undefined;
      }
    });
  }

  /** Asked once: an empty `$lookup` of the form tells whether the server knows it. */
  dialect(effort: Effort): Promise<Dialect> {
    this.#dialect ??= this.#askDialect(effort).catch((error: unknown) => {
      this.#dialect = undefined;
      throw error;
    });
    return this.#dialect;
  }

  async #askDialect(effort: Effort): Promise<Dialect> {
    return this.#within(effort, async (db) => {
      const join = { from: 'a', localField: '_id', foreignField: '_id', pipeline: [{ $limit: 1 }], as: 'a' };
      try {
        await db
          .collection('a')
          .aggregate([{ $limit: 1 }, { $lookup: join }, { $limit: 1 }])
          .toArray();
        return { conciseLookup: true };
      } catch (error) {
        if (isNotOffered(error)) return { conciseLookup: false };
        throw error;
      }
    });
  }

  async ping(effort: Effort): Promise<void> {
    await this.#within(effort, (db) => db.command({ ping: 1 }));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #options(documents: number, { timeMs, comment }: Effort) {
    return { maxTimeMS: timeMs, comment, batchSize: Math.min(documents + 1, BATCH) };
  }

  /** A server that hangs does not hear of maxTimeMS: the time is kept here too. */
  async #within<Result>(
    { signal, timeMs }: Effort,
    work: (db: Db, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeMs + ON_THE_WAY);
    const either = AbortSignal.any([signal, late.signal]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    ended.catch(() => {});
    const end = () => reject(signal.aborted ? signal.reason : tooSlow());
    either.addEventListener('abort', end, { once: true });
    try {
      if (either.aborted) end();
      const result = this.#connection.client().then((client) => work(client.db(this.name), either));
      result.catch(() => {});
      return await Promise.race([result, ended]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw late.signal.aborted && !(error instanceof ToolRefusal) ? tooSlow(error) : refusalOf(error);
    } finally {
      clearTimeout(timer);
      either.removeEventListener('abort', end);
    }
  }
}
