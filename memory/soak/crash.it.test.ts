import { describe, expect, test } from 'vitest';
import { skipped } from '../../testbed/skip.ts';
import { type Line, report } from '../faults/report.ts';
import { anySeed } from '../faults/seeded.ts';
import { type CrashOptions, crash } from './crash.ts';

const seed = Number(process.env.SOAK_SEED ?? anySeed());
/** On each kind of store; a hundred in `make soak`. */
const ROUNDS = 5;

/** Whatever the moments were, and nobody may be given a wrong answer before or after one. */
function expectKept({ counts, comparison, wrong }: Line): void {
  expect(wrong).toEqual([]);
  expect(comparison).toMatchObject({ lost: [], doubled: [], half: [], resurrected: [] });
  expect(counts.acknowledged).toBeGreaterThan(ROUNDS);
  expect(counts.unanswered).toBeGreaterThan(0);
  expect(comparison.readBack).toBeGreaterThan(ROUNDS);
}

async function told(store: CrashOptions['store']): Promise<Line> {
  const line = await crash({ store, rounds: ROUNDS, seed });
  console.log(`SOAK_SEED=${seed}\n${report([line])}`);
  return line;
}

describe(`the service killed with SIGKILL under load (SOAK_SEED=${seed})`, () => {
  test('on one SQLite file: everything acknowledged is there once, and nothing half', async () => {
    expectKept(await told('embedded'));
  });

  test.skipIf(skipped('dragonfly', 'mongo-java-server', 'firestore-emulator', 'weaviate'))(
    'on four databases: everything acknowledged is there once, and nothing half',
    async () => {
      expectKept(await told('tiers'));
    },
  );
});
