/** The stores, the index, the relay and the service over them, as configured. */
import { randomBytes } from 'node:crypto';
import type { Lifecycle, MemoryService } from './api/service.ts';
import type { MemoryConfig } from './config.ts';
import { SqliteIndex } from './index/sqlite/index.ts';
import { openEmbedder } from './relay/embedder.ts';
import { Relay } from './relay/relay.ts';
import { openTiers, type Tiers } from './resilience/tiers.ts';
import { indexedStems } from './search/analysis/analyse.ts';
import type { Clock, Defaults, StoreTier } from './service/dependencies.ts';
import { storeTiers } from './service/dependencies.ts';
import { createService } from './service/service.ts';
import type { SearchIndex } from './stores/search-index.ts';
import { SqliteFile } from './stores/sqlite/file.ts';
import { SqliteStore } from './stores/sqlite/store.ts';
import type { DocumentStore } from './stores/store.ts';

export interface OpenMemory {
  readonly service: MemoryService & Lifecycle;
  /** Absent where the index is written with the document. */
  readonly relay?: Relay;
  /** The four databases, for what watches them; absent when embedded. */
  readonly tiers?: Tiers;
  /** Ends background work, writes what waits, closes the databases. */
  close(): Promise<void>;
}

interface Opened {
  readonly stores: Readonly<Record<StoreTier, DocumentStore>>;
  readonly index: SearchIndex;
  readonly tiers?: Tiers;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly clock: Clock;
  /** Work in the background failed, and will be tried again. */
  readonly onProblem: (what: string, error: unknown) => void;
}

/** How often space of what has expired is given back where no relay does it, in milliseconds. */
const REAP_EVERY = 60_000;
const REAPED_AT_ONCE = 1000;

/** @throws UnknownSchema; databases that do not answer are no reason not to open */
export function openMemory(config: MemoryConfig, { clock, onProblem }: OpenOptions): OpenMemory {
  const now = () => clock.now();
  const stems = (entry: { readonly text: string; readonly speaker?: string }) => indexedStems({ id: '', ...entry });
  const opened = config.MEMORY_STORE === 'tiers' ? openDatabases(config, stems, now) : openFile(config, stems, now);
  const { stores, index, tiers } = opened;
  const embedder = openEmbedder(config);
  const relay =
    tiers === undefined && embedder === undefined
      ? undefined
      : new Relay({
          stores: storeTiers.map((tier) => ({ tier, store: stores[tier] })),
          index,
          ...(embedder && { embedder }),
          clock,
          onProblem: (tier, error) => onProblem(`relay of ${tier}`, error),
        });
  const service = createService({
    stores,
    index,
    ...(relay && { relay }),
    ...(embedder && { embedder }),
    clock,
    defaults: defaultsOf(config),
    signingKey: config.MEMORY_SIGNING_KEY ?? randomBytes(32),
    onProblem,
  });
  relay?.start();
  const reaping = relay === undefined ? setInterval(reap, REAP_EVERY) : undefined;
  return { service, ...(relay && { relay }), ...(tiers && { tiers }), close };

  async function reap(): Promise<void> {
    try {
      for (const store of Object.values(stores)) await store.reap?.(now(), REAPED_AT_ONCE);
      await index.reap?.(now(), REAPED_AT_ONCE);
    } catch (error) {
      onProblem('giving back space', error);
    }
  }

  async function close(): Promise<void> {
    clearInterval(reaping);
    await service.close();
    await relay?.stop();
    await opened.close();
  }
}

type Stems = (entry: { readonly text: string; readonly speaker?: string }) => string[];

function openFile(config: MemoryConfig, stems: Stems, now: () => number): Opened {
  const file = new SqliteFile(config.MEMORY_SQLITE_PATH);
  const index = new SqliteIndex(file, { stems, now });
  const store = (tier: StoreTier) => new SqliteStore(file, tier, index);
  const stores = { short: store('short'), mid: store('mid'), long: store('long') };
  return { stores, index, close: () => file.close() };
}

function openDatabases(config: MemoryConfig, stems: Stems, now: () => number): Opened {
  const tiers = openTiers(config, { stems, now });
  const { short, mid, long, index } = tiers;
  return {
    stores: { short, mid, long },
    index,
    tiers,
    close: async () => {
      await Promise.all([short, mid, long, index].map((database) => database.close()));
    },
  };
}

function defaultsOf(config: MemoryConfig): Defaults {
  const { MEMORY_LONG_TTL_SECONDS: long } = config;
  return {
    ttlMilliseconds: {
      short: config.MEMORY_SHORT_TTL_SECONDS * 1000,
      mid: config.MEMORY_MID_TTL_SECONDS * 1000,
      long: long === 'permanent' ? null : long * 1000,
    },
    quarantine: config.MEMORY_QUARANTINE,
    quota: { records: config.MEMORY_QUOTA_RECORDS, bytes: config.MEMORY_QUOTA_BYTES },
  };
}
