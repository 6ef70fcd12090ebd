/** `node memory/soak/cli.ts [rounds]`: kills an embedded memory while it writes, 100 times where nothing else is said. */
import { crash } from './crash.ts';

const rounds = Number(process.argv[2] ?? 100);
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(
    `usage: node memory/soak/cli.ts [rounds]\n  given    ${process.argv[2]}\n  allowed  a whole number from 1`,
  );
  process.exit(2);
}

const wrong = await crash(rounds, ({ rounds: done, acknowledged, missing, doubled, half, resurrected }) => {
  const counts = `${missing.length} missing, ${doubled.length} doubled, ${half.length} half, ${resurrected.length} resurrected`;
  console.log(`killed ${done} of ${rounds}: ${acknowledged} writes acknowledged, ${counts}`);
});
const found = [...wrong.missing, ...wrong.doubled, ...wrong.half, ...wrong.resurrected];
for (const line of found.slice(0, 50)) console.error(line);
process.exitCode = found.length === 0 ? 0 : 1;
