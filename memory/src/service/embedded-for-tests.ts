import type * as z from 'zod';
import { type OperationId, operations } from '../api/operations.ts';
import type { Answer, Lifecycle, MemoryService, Scope } from '../api/service.ts';
import { SqliteIndex } from '../index/sqlite/index.ts';
import { indexedStems } from '../search/analysis/analyse.ts';
import { SqliteFile } from '../stores/sqlite/file.ts';
import { SqliteStore } from '../stores/sqlite/store.ts';
import type { DocumentStore } from '../stores/store.ts';
import type { Defaults, Dependencies, StoreTier } from './dependencies.ts';
import { createService } from './service.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface FakeClock {
  now(): number;
  advance(milliseconds: number): void;
}

export function fakeClock(start = Date.UTC(2026, 10, 22, 9)): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

type Table = typeof operations;
type Given<S> = S extends z.ZodType ? z.input<S> : undefined;
interface Request<Id extends OperationId> {
  readonly params?: z.input<Table[Id]['params']>;
  readonly query?: z.input<Table[Id]['query']>;
  readonly body?: Table[Id] extends { body: infer B } ? Given<B> : undefined;
  readonly idempotencyKey?: string;
  readonly ifMatch?: number | '*';
  readonly consistencyToken?: string;
}

type Method<Id extends OperationId> = MemoryService[Id];
type Returned<Id extends OperationId> = Method<Id> extends (...given: never[]) => Promise<Answer<infer B>> ? B : never;

/** A service over one SQLite file in memory, asked as the edge asks it: through the schemas, in and out. */
export interface EmbeddedService {
  readonly clock: FakeClock;
  readonly service: MemoryService & Lifecycle;
  readonly stores: Dependencies['stores'];
  readonly index: SqliteIndex;
  readonly file: SqliteFile;
  readonly problems: unknown[];
  call<Id extends OperationId>(id: Id, request?: Request<Id>, scope?: Scope): Promise<Answer<Returned<Id>>>;
  close(): Promise<void>;
}

export const scopeOf = (tenant: string, principal = 'tester'): Scope => ({
  tenant,
  principal,
  permissions: new Set(['read', 'write', 'admin', 'audit'] as const),
});

export const defaults: Defaults = {
  ttlMilliseconds: { short: HOUR, mid: DAY, long: 30 * DAY },
  quarantine: 'hold',
  quota: { records: 100_000, bytes: 100_000_000 },
};

export function embeddedService(
  given: {
    readonly path?: string;
    readonly clock?: FakeClock;
    readonly defaults?: Partial<Defaults>;
    /** Stands between the service and a store, such as one that fails. */
    readonly wrap?: (tier: StoreTier, store: DocumentStore) => DocumentStore;
    readonly more?: Partial<Dependencies>;
  } = {},
): EmbeddedService {
  const clock = given.clock ?? fakeClock();
  const file = new SqliteFile(given.path ?? ':memory:');
  const stems = (entry: { text: string; speaker?: string }) => indexedStems({ id: '', ...entry });
  const index = new SqliteIndex(file, { stems, now: clock.now });
  const open = (tier: StoreTier) => {
    const store = new SqliteStore(file, tier, index);
    return given.wrap?.(tier, store) ?? store;
  };
  const stores = { short: open('short'), mid: open('mid'), long: open('long') };
  const problems: unknown[] = [];
  const service = createService({
    stores,
    index,
    clock,
    defaults: { ...defaults, ...given.defaults },
    signingKey: 'a key that signs in tests, 32 bytes',
    onProblem: (what, error) => problems.push([what, error]),
    ...given.more,
  });
  return {
    clock,
    service,
    stores,
    index,
    file,
    problems,
    async call(id, request = {}, scope = scopeOf('tenant')) {
      const operation = operations[id];
      const method = service[id] as (scope: Scope, input: unknown) => Promise<Answer<never>>;
      const answer = await method(scope, {
        ...request,
        params: operation.params.parse(request.params ?? {}),
        query: operation.query.parse(request.query ?? {}),
        body: 'body' in operation ? operation.body.parse(request.body ?? {}) : undefined,
      });
      if ('answer' in operation) operation.answer.parse(JSON.parse(JSON.stringify(answer.body)));
      return answer;
    },
    async close() {
      await service.close();
      await file.close();
    },
  };
}
