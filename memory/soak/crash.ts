import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDatabases } from '../faults/databases.ts';
import { Ledger } from '../faults/ledger.ts';
import { Load } from '../faults/load.ts';
import { readBack } from '../faults/read-back.ts';
import type { Line } from '../faults/report.ts';
import { seeded } from '../faults/seeded.ts';
import { type Service, startService } from '../faults/service.ts';

export interface CrashOptions {
  /** embedded: one SQLite file. tiers: Dragonfly, MongoDB, Firestore and Weaviate of the test bed, which go on. */
  readonly store: 'embedded' | 'tiers';
  readonly rounds: number;
  /** Of the moments of the kills, and of what is written. */
  readonly seed: number;
  /** Told after each round of all rounds so far. */
  readonly onRound?: (rounds: number, line: Line) => void;
}

/** A kill comes at any moment of so many milliseconds after the load has begun. */
const LONGEST_LIFE = 1500;
const writers = { embedded: 2, tiers: 1 };

/**
 * Kills the service with SIGKILL while it is written to, round after round over the same data, and reads each time back what it
 * had acknowledged, from the process that is started next. What nobody was told of is repeated with its key then, or left.
 */
export async function crash({ store, rounds, seed, onRound }: CrashOptions): Promise<Line> {
  const databases = store === 'tiers' ? await startDatabases() : undefined;
  let service: Service | undefined;
  try {
    service = await startService(databases?.settings);
    return await rounded(service, { store, rounds, seed, ...(onRound && { onRound }) });
  } finally {
    await service?.stop();
    await databases?.stop();
  }
}

async function rounded(service: Service, { store, rounds, seed, onRound }: CrashOptions): Promise<Line> {
  const caller = await service.caller();
  const random = seeded(seed);
  const ledger = new Ledger();
  /** What was found in any round: what is there again in the next was missing all the same. */
  const found = { lost: [] as string[], doubled: [] as string[], half: [] as string[], resurrected: [] as string[] };
  for (let round = 1; ; round += 1) {
    const before = ledger.batches.size;
    const load = new Load({
      caller,
      ledger,
      random,
      name: `round-${round}`,
      writers: writers[store],
      mayBeKilled: true,
    });
    load.start();
    await sleep(random() * LONGEST_LIFE);
    await service.kill();
    await load.stop();
    const broken = store === 'embedded' ? integrity(service.file) : [];
    await service.restart();
    await load.repeat();
    const last = round === rounds;
    const searched = [...ledger.batches.values()].slice(last ? 0 : before);
    const compared = await readBack(caller, ledger, { searched });
    for (const what of ['lost', 'doubled', 'half', 'resurrected'] as const) {
      const more = what === 'half' ? [...compared.half, ...broken] : compared[what];
      found[what].push(...more.map((one) => `round ${round}: ${one}`));
    }
    const comparison = { ...compared, ...found };
    const line = {
      name: `${store}, killed ${round} times`,
      counts: { ...ledger.counts },
      comparison,
      wrong: ledger.wrong,
    };
    onRound?.(round, line);
    if (last) return line;
  }
}

/** What SQLite finds wrong with a file. */
function integrity(file: string): readonly string[] {
  const database = new DatabaseSync(file);
  try {
    const [first, ...rest] = database.prepare('PRAGMA integrity_check').all();
    return first?.integrity_check === 'ok' ? [] : [first, ...rest].map((row) => `the file: ${row?.integrity_check}`);
  } finally {
    database.close();
  }
}
