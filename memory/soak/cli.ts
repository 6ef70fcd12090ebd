/** `node memory/soak/cli.ts [rounds] [seed]`: kills a memory while it is written to, 100 times on each kind of store where nothing else is said. */
import { type Line, report } from '../faults/report.ts';
import { anySeed } from '../faults/seeded.ts';
import { crash } from './crash.ts';

const [rounds, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? anySeed())];
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error(
    `usage: node memory/soak/cli.ts [rounds] [seed]\n  given    ${process.argv.slice(2).join(' ')}\n  allowed  a whole number from 1, and one from 0`,
  );
  process.exit(2);
}

const found = ({ wrong, comparison: { lost, doubled, half, resurrected } }: Line) =>
  Object.entries({ wrong, lost, doubled, half, resurrected });

console.log(`seed ${seed}`);
const lines: Line[] = [];
for (const store of ['embedded', 'tiers'] as const) {
  const line = await crash({
    store,
    rounds,
    seed,
    onRound(done, line) {
      const counts = found(line).map(([what, { length }]) => `${length} ${what}`);
      console.log(
        `${store}: killed ${done} of ${rounds}: ${line.counts.acknowledged} acknowledged, ${counts.join(', ')}`,
      );
    },
  });
  lines.push(line);
}
console.log(report(lines));
const all = lines.flatMap((line) => found(line).flatMap(([what, some]) => some.map((one) => `${what}: ${one}`)));
for (const line of all.slice(0, 50)) console.error(line);
process.exitCode = all.length === 0 ? 0 : 1;
