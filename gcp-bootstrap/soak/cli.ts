/**
 * `node gcp-bootstrap/soak/cli.ts`: applies dev to a fake Google Cloud, and kills each run after its first write request, so that
 * there is a kill after every single one; then compares what is there with an undisturbed run.
 */
import { isDeepStrictEqual } from 'node:util';
import { runCommand, UsageError } from '../../cli/command.ts';
import { anySeed, seeded } from '../../memory/faults/seeded.ts';
import { stateOf } from '../rehearsal/inventory.ts';
import { type Ended, type Rehearsal, startRehearsal } from '../rehearsal/rehearsal.ts';

const usage = `Kills the bootstrap after its write requests, on a fake Google Cloud with the real gcloud, and compares what comes out.

Usage: node gcp-bootstrap/soak/cli.ts [--sample N] [--seed S] [--part] [--json]

  --sample N   kill after N of the write requests, chosen by the seed  (default: after every one; hours on 2 cores)
  --seed S     a whole number  (default: another one each time; it is printed)
  --part       the part of dev that has every kind of step
  --json       print the result as JSON

Exit codes: 0 the same state as undisturbed; 1 another state, or a run failed; 2 wrong usage`;

await runCommand({
  usage,
  values: ['sample', 'seed'],
  flags: ['part'],
  run: async (words, { json, values, flags }) => {
    if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is not an option`);
    const sample = values.sample === undefined ? undefined : whole('--sample', values.sample, 1);
    const seed = values.seed === undefined ? anySeed() : whole('--seed', values.seed, 0);
    const result = await soak({ sample, seed, part: flags.part === true });
    console.log(json ? JSON.stringify(result, null, 2) : resultText(result));
    return result.problems.length === 0 ? 0 : 1;
  },
});

function whole(option: string, given: string, from: number): number {
  const number = Number(given);
  if (!Number.isSafeInteger(number) || number < from)
    throw new UsageError(`${option} ${given}: give a whole number from ${from}`);
  return number;
}

interface SoakOptions {
  /** Undefined: after every write request. */
  readonly sample: number | undefined;
  readonly seed: number;
  readonly part: boolean;
}

async function soak({ sample, seed, part }: SoakOptions) {
  const say = (line: string) => console.error(line);
  const applied = (rehearsal: Rehearsal, when: Parameters<Rehearsal['killPart']>[0]): Promise<Ended> =>
    part ? rehearsal.killPart(when) : rehearsal.runKilled(when, 'apply', '--env', 'dev');
  const problems: string[] = [];
  const [calm, killed] = await Promise.all([startRehearsal(), startRehearsal()]);
  try {
    say(`seed ${seed}; an undisturbed apply first`);
    const whole = await applied(calm, () => false);
    if (whole.code !== 0) throw new Error(`an undisturbed apply failed:\n${whole.stderr}`);
    const points = calm.cloud.requests.writes.length;
    const chosen = gaps(points, sample, seed);
    say(`${points} write requests; ${chosen.length} kills`);
    let kills = 0;
    for (const gap of chosen) {
      const run = await applied(killed, (_request, number) => number === gap);
      // It was done before: a run that was killed may have had others under way, which Google then did too.
      if (run.killedAfter === undefined) {
        if (run.code !== 0) problems.push(`a run that was not killed ended with ${run.code}:\n${run.stderr}`);
        break;
      }
      kills++;
      say(`killed ${kills}: after ${run.killedAfter.api} ${run.killedAfter.method} ${run.killedAfter.path}`);
    }
    const last = await applied(killed, () => false);
    if (last.code !== 0) problems.push(`the last run ended with ${last.code}:\n${last.stderr}`);
    const [wanted, found] = [stateOf(calm.cloud), stateOf(killed.cloud)];
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)]))
      if (!isDeepStrictEqual(wanted[name], found[name]))
        problems.push(
          `${name}\n  undisturbed  ${JSON.stringify(wanted[name])}\n  killed       ${JSON.stringify(found[name])}`,
        );
    for (const { cloud } of [calm, killed]) cloud.assertContained();
    return { seed, points, kills, compared: Object.keys(wanted).length, problems };
  } finally {
    await Promise.all([calm.stop(), killed.stop()]);
  }
}

/** How many write requests each run may make until it is killed; the sum is at most that of all points. */
function gaps(points: number, sample: number | undefined, seed: number): readonly number[] {
  if (sample === undefined || sample >= points) return Array.from({ length: points }, () => 1);
  const random = seeded(seed);
  const chosen = new Set<number>();
  while (chosen.size < sample) chosen.add(1 + Math.floor(random() * points));
  return [...chosen].sort((a, b) => a - b).map((point, index, all) => point - (all[index - 1] ?? 0));
}

const resultText = ({ seed, points, kills, compared, problems }: Awaited<ReturnType<typeof soak>>) =>
  [
    ...problems,
    `seed ${seed}: killed after ${kills} of ${points} write requests; ${compared} resources and policies compared, ${problems.length} differ`,
  ].join('\n');
