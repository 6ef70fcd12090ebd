import { runCommand, UsageError } from '../../cli/command.ts';
import { type Line, report } from '../faults/report.ts';
import { anySeed } from '../faults/seeded.ts';
import { crash } from './crash.ts';

const stores = ['embedded', 'tiers'] as const;

const usage = `Kills a memory with SIGKILL while it is written to, again and again over the same data, and compares what is there with what
was acknowledged.

Usage: node memory/soak/cli.ts [--rounds N] [--seed N] [--store embedded|tiers] [--json]

  --rounds N  kills on each kind of store (default: 100)
  --seed N    of the moments and of what is written (default: another one each time)
  --store S   embedded: one SQLite file; tiers: four databases of the test bed (default: both)
  --json      print JSON

Exit codes: 0 nothing was lost, 1 something was, 2 wrong usage`;

const found = ({ wrong, comparison: { lost, doubled, half, resurrected } }: Line) =>
  Object.entries({ wrong, lost, doubled, half, resurrected });

await runCommand({
  usage,
  values: ['rounds', 'seed', 'store'],
  async run(words, { json, values }) {
    if (words.length > 0) throw new UsageError(`It takes no words: given ${words.join(' ')}`);
    const rounds = whole('rounds', values.rounds, 1) ?? 100;
    const seed = whole('seed', values.seed, 0) ?? anySeed();
    const chosen = stores.filter((store) => store === (values.store ?? store));
    if (chosen.length === 0) throw new UsageError(`--store: given ${values.store}, allowed ${stores.join(', ')}`);

    console.error(`seed ${seed}`);
    const lines: Line[] = [];
    for (const store of chosen) {
      let told = 0;
      const onRound = (done: number, line: Line) => {
        const { acknowledged } = line.counts;
        const counts = found(line).map(([what, { length }]) => `${length} ${what}`);
        console.error(`${store}: killed ${done} of ${rounds}: ${acknowledged} acknowledged, ${counts.join(', ')}`);
        const all = problemsOf(line);
        for (const problem of all.slice(told)) console.error(`  ${problem}`);
        told = all.length;
      };
      lines.push(await crash({ store, rounds, seed, onRound }));
    }
    console.log(json ? JSON.stringify({ seed, lines }, null, 2) : report(lines));
    return lines.some((line) => problemsOf(line).length > 0) ? 1 : 0;
  },
});

function problemsOf(line: Line): readonly string[] {
  return found(line).flatMap(([what, some]) => some.map((one) => `${what}: ${one}`));
}

function whole(name: string, given: string | undefined, least: number): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d+$/.test(given) && Number(given) >= least && Number.isSafeInteger(Number(given))) return Number(given);
  throw new UsageError(`--${name}: given ${given}, allowed a whole number from ${least}`);
}
