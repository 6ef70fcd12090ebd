/** Answers queries of callers: the policy, the cost and the database in one place that every tool passes. */
import { type Call, type Caller, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { CatalogueKeeper, View } from '../catalogue/keeper.ts';
import type { MongodbServerConfig } from '../config.ts';
import { type Access, accessOf, type CollectionAccess } from '../policy/access.ts';
import { applyPolicy, type Policed, type Request } from '../policy/apply.ts';
import { handOut } from '../policy/hand-out.ts';
import type { Policy } from '../policy/policy.ts';
import { NotProven } from '../policy/prove.ts';
import type { Database, Effort, Index } from './database.ts';
import { toExtendedJson } from './extended-json.ts';
import type { Facts } from './facts.ts';
import { reachesOf } from './reach.ts';
import { type ReadPlan, readPlans, refuseScans } from './scan.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What a call needs of its caller, and how far it is. */
export type Reading = Pick<Call, 'caller' | 'signal' | 'traceparent'>;

/** A caller's part of the database. */
export interface Sight {
  readonly access: Access;
  readonly view: View;
}

export interface Read {
  /** Relaxed Extended JSON. */
  readonly rows: readonly Row[];
  readonly more: boolean;
  /** MCP_QUERY_BYTES ended it. */
  readonly cutByBytes: boolean;
  readonly query: Policed;
}

type Limits = Pick<
  MongodbServerConfig,
  'MCP_QUERY_TIME_MS' | 'MCP_QUERY_DOCUMENTS' | 'MCP_QUERY_BYTES' | 'MCP_QUERY_SCAN'
>;

export class Reader {
  readonly database: Database;
  readonly #policy: Policy;
  readonly #keeper: CatalogueKeeper;
  readonly #facts: Facts;
  readonly #limits: Limits;

  constructor(policy: Policy, database: Database, keeper: CatalogueKeeper, facts: Facts, limits: Limits) {
    this.database = database;
    this.#policy = policy;
    this.#keeper = keeper;
    this.#facts = facts;
    this.#limits = limits;
  }

  /** @throws ToolRefusal where the database cannot be reached */
  async sight(caller: Caller): Promise<Sight> {
    const views = new Set((await this.#keeper.names()).flatMap(({ name, isView }) => (isView ? [name] : [])));
    const access = accessOf(this.#policy, caller, (name) => views.has(name));
    return { access, view: await this.#keeper.view(access) };
  }

  /** @throws ToolRefusal `policy`: the same, whether it is hidden or not there */
  async collection(name: string, caller: Caller): Promise<Sight & { readonly own: CollectionAccess }> {
    const sight = await this.sight(caller);
    const own = sight.access.collection(name);
    if (!own) throw unknownCollection(name);
    return { ...sight, own };
  }

  /** The query as it would be sent. @throws ToolRefusal */
  async policed(request: Request, reading: Reading): Promise<Policed> {
    const { access, view } = await this.sight(reading.caller);
    const dialect = await this.database.dialect(this.#effort(request, reading, access));
    try {
      return applyPolicy(request, {
        access,
        knownPaths: view.knownPaths,
        dialect,
        documents: this.#limits.MCP_QUERY_DOCUMENTS,
      });
    } catch (error) {
      if (!(error instanceof NotProven)) throw error;
      throw new ToolRefusal(
        'policy',
        'The query reaches beyond what may be read.',
        'Ask for less, or in a simpler way.',
        { cause: error },
      );
    }
  }

  /** How the query would be read, without reading. @throws ToolRefusal */
  async plans(query: Policed, reading: Reading): Promise<readonly ReadPlan[]> {
    const { access } = await this.sight(reading.caller);
    return readPlans(
      query,
      this.scanLimit(query, access),
      this.database,
      this.#facts,
      this.#effort(query, reading, access),
    );
  }

  /** @throws ToolRefusal */
  async read(request: Request, reading: Reading): Promise<Read> {
    const query = await this.policed(request, reading);
    const { access } = await this.sight(reading.caller);
    const effort = this.#effort(request, reading, access);
    const scan = this.scanLimit(query, access);
    refuseScans(await readPlans(query, scan, this.database, this.#facts, effort), scan);
    const { rows, more, cutByBytes } = await this.database.read(query, effort);
    const denies = [...new Set(reachesOf(query).map(({ collection }) => access.collection(collection)?.deniesName))];
    const isHidden = (name: string) => denies.some((denied) => denied === undefined || denied(name));
    const shown = rows.map((row) => toExtendedJson(handOut(row, isHidden)));
    if (cutByBytes && rows.length === 0)
      throw new ToolRefusal(
        'cost',
        `One document has more than ${effort.bytes} bytes.`,
        'Ask for some of its fields (projection).',
      );
    return { rows: shown, more, cutByBytes, query };
  }

  /** Indexes of a collection whose keys the caller may know of. @throws ToolRefusal */
  async indexes(name: string, reading: Reading): Promise<readonly Index[]> {
    const { own, access } = await this.collection(name, reading.caller);
    const indexes = await this.#facts.indexes(name, this.#effort({ collection: name }, reading, access));
    return indexes.filter(({ key }) => Object.keys(key).every((path) => own.readable(path)));
  }

  /** Documents of a collection, the rows of other callers too where the policy gives every row; else unknown. @throws ToolRefusal */
  async size(name: string, reading: Reading): Promise<number | undefined> {
    const { own, access } = await this.collection(name, reading.caller);
    if (Object.keys(own.rows).length > 0) return undefined;
    return this.#facts.size(name, this.#effort({ collection: name }, reading, access));
  }

  scanLimit({ collection }: { readonly collection: string }, access: Access): number {
    return Math.min(
      this.#limits.MCP_QUERY_SCAN,
      access.collection(collection)?.limits.scan ?? this.#limits.MCP_QUERY_SCAN,
    );
  }

  #effort({ collection }: { readonly collection: string }, { signal, traceparent }: Reading, access: Access): Effort {
    const { MCP_QUERY_TIME_MS: time, MCP_QUERY_BYTES: bytes } = this.#limits;
    const trace = /^[0-9a-f-]{55}$/.exec(traceparent ?? '')?.[0];
    return {
      signal,
      bytes,
      timeMs: Math.min(time, access.collection(collection)?.limits.timeMs ?? time),
      comment: trace === undefined ? 'mcp-mongodb' : `mcp-mongodb traceparent=${trace}`,
    };
  }
}

export const unknownCollection = (name: string): ToolRefusal =>
  new ToolRefusal(
    'policy',
    `There is no collection '${name.slice(0, 60)}' that may be read.`,
    'Use a collection that list_collections gives.',
  );
