/** The plan of an environment that is there: the real gcloud on a fake Google Cloud, side by side and one call after another. */

import { apply } from '../../gcp-bootstrap/engine/apply.ts';
import { isEmpty, plan } from '../../gcp-bootstrap/engine/plan.ts';
import type { Command } from '../../gcp-bootstrap/gcloud/command.ts';
import { Gcloud } from '../../gcp-bootstrap/gcloud/gcloud.ts';
import { Reader } from '../../gcp-bootstrap/gcloud/reader.ts';
import { readProject } from '../../gcp-bootstrap/project.ts';
import { oneOfEachKind } from '../../gcp-bootstrap/rehearsal/part.ts';
import { type Rehearsal, startRehearsal } from '../../gcp-bootstrap/rehearsal/rehearsal.ts';
import { failuresOf } from '../../gcp-bootstrap/report.ts';
import type { Bench } from '../bench.ts';
import { figure } from '../measure/figure.ts';
import { output } from '../measure/round-robin.ts';
import { measure } from '../result.ts';

/** Remembers what it was asked. */
class Recording extends Gcloud {
  readonly commands: Command[] = [];

  override run(command: Command): Promise<string> {
    this.commands.push(command);
    return super.run(command);
  }
}

export const bootstrap: Bench = {
  name: 'bootstrap',
  about: 'the plan of dev by the real gcloud on a fake Google Cloud, beside the same calls one after another',
  async run({ root, quick, runs, progress }) {
    const rehearsal = await startRehearsal();
    try {
      const all = quick ? oneOfEachKind(rehearsal.resources()) : rehearsal.resources();
      progress(`making ${all.length} resources`);
      await made(rehearsal, all);
      const commands = await planned(rehearsal, all);
      const [together, alone]: [number[], number[]] = [[], []];
      const count = runs ?? (quick ? 1 : 5);
      for (let round = 1; round <= count; round++) {
        progress(`${commands.length} calls of gcloud, round ${round} of ${count}`);
        together.push(await timed(() => planned(rehearsal, all)));
        alone.push(await timed(() => oneAfterAnother(rehearsal, commands)));
      }
      return {
        versions: { node: process.version, gcloud: gcloudVersion(root) },
        measures: [
          measure({
            name: `plan of ${all.length} resources`,
            unit: 'ms',
            ours: figure(together),
            peers: { 'the same calls one after another': figure(alone) },
            goal: { 'the same calls one after another': { atMost: 0.6 } },
          }),
          measure({ name: 'calls of gcloud', unit: 'calls', ours: { median: commands.length }, peers: {} }),
          measure({
            name: 'resources a call',
            unit: 'resources',
            ours: { median: Number((all.length / commands.length).toPrecision(3)) },
            peers: {},
          }),
        ],
      };
    } finally {
      await rehearsal.stop();
    }
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

type Resources = ReturnType<Rehearsal['resources']>;

async function made({ gcloud }: Rehearsal, all: Resources): Promise<void> {
  const { apis } = await readProject(new Reader(gcloud));
  const outcomes = await apply(gcloud, await plan(all, new Reader(gcloud, apis)), { tell: () => {}, interval: 10 });
  const [failed] = failuresOf(outcomes, (id) => id);
  if (failed) throw new Error(`${failed.step}: ${failed.said}`);
}

/** A plan as `npm run bootstrap -- plan` makes it. @returns the calls that it took @throws {Error} where it is not empty */
async function planned({ cloud }: Rehearsal, all: Resources): Promise<readonly Command[]> {
  const gcloud = new Recording({ project: cloud.project, environment: cloud.environment });
  const { apis } = await readProject(new Reader(gcloud));
  if (!isEmpty(await plan(all, new Reader(gcloud, apis))))
    throw new Error('the plan of what was just made is not empty');
  return gcloud.commands;
}

async function oneAfterAnother({ gcloud }: Rehearsal, commands: readonly Command[]): Promise<void> {
  for (const command of commands) await gcloud.once(command);
}

const gcloudVersion = (root: string) =>
  /Google Cloud SDK (\S+)/.exec(output({ file: 'gcloud', args: ['version'], cwd: root }))?.[1] ?? 'unknown';
