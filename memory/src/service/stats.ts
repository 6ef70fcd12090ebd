import type * as z from 'zod';
import type { stats } from '../api/records.ts';
import type { Answer, PartHealth, Scope } from '../api/service.ts';
import { tiers as allTiers } from '../stores/store.ts';
import { type Dependencies, storeTiers } from './dependencies.ts';
import { storeTierOf } from './tiers/tiers.ts';
import type { Usage } from './tiers/usage.ts';

type Stats = z.output<typeof stats>;

/** Longest that a health check waits for one part, in milliseconds. */
const PATIENCE = 2000;

export class Health {
  readonly #dependencies: Dependencies;
  readonly #usage: Usage;
  readonly #downSince = new Map<PartHealth['part'], number>();

  constructor(dependencies: Dependencies, usage: Usage) {
    this.#dependencies = dependencies;
    this.#usage = usage;
  }

  async parts(): Promise<readonly PartHealth[]> {
    const { stores, index, embedder } = this.#dependencies;
    const asked: [PartHealth['part'], string, () => Promise<unknown>][] = storeTiers.map((tier) => [
      tier,
      stores[tier].name,
      () => stores[tier].check(),
    ]);
    asked.push(['semantic', stores.long.name, () => stores.long.check()], ['index', index.name, () => index.check()]);
    if (embedder !== undefined) asked.push(['embedder', embedder.model, () => embedder.embed(['health'])]);
    return Promise.all(asked.map(([part, name, check]) => this.#part(part, name, check)));
  }

  async stats(scope: Scope): Promise<Answer<Stats>> {
    const { stores, index, embedder, relay, defaults } = this.#dependencies;
    const parts = new Map((await this.parts()).map((part) => [part.part, part.up]));
    const { records, bytes } = await this.#usage.total(scope.tenant);
    const tiers: Stats['tiers'] = {};
    for (const tier of allTiers) {
      const up = parts.get(tier) === true;
      const memories = up ? await this.#usage.memories(scope.tenant, tier) : null;
      tiers[tier] = { store: stores[storeTierOf(tier)].name, state: up ? 'up' : 'down', memories };
    }
    return {
      body: {
        tenant: scope.tenant,
        usage: { records, bytes, quota: { ...defaults.quota } },
        tiers,
        index: {
          name: index.name,
          state: parts.get('index') === true ? 'up' : 'down',
          pending: relay?.stats.backlog ?? 0,
          parked: relay?.stats.parked ?? 0,
        },
        embedder: embedder === undefined ? null : { model: embedder.model, dimensions: embedder.dimensions },
      },
    };
  }

  async #part(part: PartHealth['part'], name: string, check: () => Promise<unknown>): Promise<PartHealth> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
    try {
      await Promise.race([check(), late]);
      this.#downSince.delete(part);
      return { part, name, up: true };
    } catch (error) {
      const since = this.#downSince.get(part) ?? this.#dependencies.clock.now();
      this.#downSince.set(part, since);
      return { part, name, up: false, since, error: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
