/** A durable append without HTTP beside a bare insert with the same durability. */
import { createFolder, removeFolder } from '../../testbed/process/supervisor.ts';
import type { Settings } from '../bench.ts';
import { figure } from '../measure/figure.ts';
import { type Measure, measure } from '../result.ts';
import { startChild } from './child.ts';

const PEER = 'node:sqlite insert';

export async function durableAppends({ folder, quick, runs, progress }: Settings): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const writers of [1, 16, 64]) {
    const name = `durable append without HTTP, ${writers} ${writers === 1 ? 'writer' : 'writers'}`;
    progress(name);
    const own = await createFolder('durable-', folder);
    const child = await startChild('durable.ts', {
      FOLDER: own,
      WRITERS: String(writers),
      SECONDS: quick ? '0.5' : '1',
      TURNS: String(runs ?? (quick ? 3 : 9)),
    });
    await child.stop();
    await removeFolder(own);
    const { ours, bare } = child.told as { readonly ours: readonly number[]; readonly bare: readonly number[] };
    measures.push(
      measure({
        name,
        unit: '/s',
        ours: figure(ours),
        peers: { [PEER]: figure(bare) },
        goal: { [PEER]: { atLeast: 0.6 } },
      }),
    );
  }
  return measures;
}
