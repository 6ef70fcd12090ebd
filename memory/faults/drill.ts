import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../contract/subject.ts';
import { type Tier, tiers } from '../src/stores/store.ts';
import type { Database } from './databases.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { Probes } from './probes.ts';
import { readBack } from './read-back.ts';
import type { Line } from './report.ts';
import type { Service } from './service.ts';

export interface DrillOptions {
  readonly service: Service;
  readonly caller: Caller;
  readonly random: () => number;
  /** Told what is begun. */
  readonly progress?: (what: string) => void;
}

/** Requests of each kind that are waited for, so that a fault lasts as long as it must and no longer. */
const SOME = 2;
/** Milliseconds. */
const PATIENCE = 90_000;
const BETWEEN_LOOKS = 50;
const REST = 150;

/** Faults of databases under one service that runs on, with a load of reads and writes before, during and after each. */
export class Drill {
  readonly ledger = new Ledger();
  readonly lines: Line[] = [];
  readonly #options: DrillOptions;
  readonly #probes: Probes;
  #load: Load | undefined;

  constructor(options: DrillOptions) {
    this.#options = options;
    this.#probes = new Probes(options.service.url);
    this.#probes.start();
  }

  /** Answers of /health/live other than 200, so far. */
  get notLive(): readonly string[] {
    return this.#probes.notLive;
  }

  stop(): Promise<void> {
    return this.#probes.stop();
  }

  /**
   * Everything works, then the fault, which ends by itself, then everything works again, without a restart of the service. Then all
   * is read back.
   */
  async throughout(name: string, fault: () => Promise<void>, mode: 'lexical' | 'vector' = 'lexical'): Promise<Line> {
    const { caller, random } = this.#options;
    const { ledger } = this;
    ledger.restart();
    const before = ledger.batches.size;
    await this.#up('before the fault');
    const load = new Load({ caller, ledger, random, name: name.replaceAll(/[^\w]+/g, '-'), rest: REST });
    this.#load = load;
    load.start();
    try {
      await this.works('before the fault');
      await fault();
      await this.recovered();
    } finally {
      await load.stop();
    }
    this.#options.progress?.('reading back');
    await load.repeat();
    const searched = [...ledger.batches.values()].slice(before);
    const comparison = await readBack(caller, ledger, { searched, mode });
    const line = { name, counts: ledger.counts, comparison, wrong: [...ledger.wrong] };
    this.lines.push(line);
    return line;
  }

  /** Waits until every tier has taken some new memories. */
  works(when: string): Promise<void> {
    this.ledger.restartTiers();
    return this.#until(when, () => tiers.every((tier) => this.ledger.created[tier].acknowledged >= SOME));
  }

  /**
   * Waits until callers were told of a fault: by readiness, by the refusal of each write that cannot be done, and by reads that say
   * what is missing; and until the other tiers were written meanwhile.
   */
  async felt(database: Pick<Database, 'parts' | 'tiers'>): Promise<void> {
    const { ledger } = this;
    const { tiers: away } = database;
    await this.told(database);
    ledger.restartTiers();
    const { degraded } = ledger.counts;
    const isFelt = (tier: Tier) => ledger.created[tier][away.includes(tier) ? 'refused' : 'acknowledged'] >= SOME;
    await this.#until('in the fault', () => tiers.every(isFelt) && ledger.counts.degraded >= degraded + SOME);
    const astray = away.filter((tier) => ledger.created[tier].acknowledged > 0);
    if (astray.length > 0) ledger.wrong.push(`writes of ${astray} in the fault: ${JSON.stringify(ledger.created)}`);
  }

  /**
   * Waits until each write that finds no room was refused as such, or waits for the index to have room; and until the other tiers
   * were written meanwhile.
   */
  async full({ tiers: away }: Pick<Database, 'tiers'>): Promise<void> {
    const { ledger } = this;
    ledger.restartTiers();
    const { full, refused } = ledger.counts;
    const isFelt = (tier: Tier) => ledger.created[tier][away.includes(tier) ? 'refused' : 'acknowledged'] >= SOME;
    await this.#until('full', async () => {
      if (!tiers.every(isFelt)) return false;
      if (away.length > 0) return ledger.counts.full >= full + SOME;
      return (await this.#options.caller.ask('getStats')).body.index.pending >= SOME;
    });
    if (ledger.counts.refused > refused) ledger.wrong.push('a store that is full was taken for one that is down');
  }

  /** Waits until every part is up again, and every tier takes new memories. */
  async recovered(): Promise<void> {
    await this.#up('after the fault');
    await this.works('after the fault');
  }

  /** Waits until readiness tells that a database is down. */
  told({ parts }: Pick<Database, 'parts'>): Promise<void> {
    return this.#until('readiness in the fault', async () => (await this.#down()).join() === parts.join());
  }

  /** Waits until a condition holds. @throws at once where something is wrong, and when it takes too long */
  async #until(when: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    this.#options.progress?.(when);
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      this.#load?.check();
      const [wrong] = this.ledger.wrong;
      if (wrong !== undefined) throw new Error(`${when}: ${wrong}`);
      if (await holds()) return;
      if (performance.now() > deadline) {
        const { created, counts } = this.ledger;
        throw new Error(
          `${when}: not within ${PATIENCE} ms: ${JSON.stringify({ created, counts, down: await this.#down() })}`,
        );
      }
      await sleep(BETWEEN_LOOKS);
    }
  }

  #up(when: string): Promise<void> {
    return this.#until(`readiness ${when}`, async () => (await this.#probes.ready()).status === 'up');
  }

  async #down(): Promise<readonly string[]> {
    return (await this.#probes.ready()).parts.filter(({ up }) => !up).map(({ part }) => part);
  }
}
