/**
 * `node gcp-bootstrap/soak/cli.ts [most]`: applies dev to a fake Google Cloud, and kills each run after its first write request,
 * so that there is a kill after every single one; then compares what is there with an undisturbed run. An hour on 2 cores.
 */
import { isDeepStrictEqual } from 'node:util';
import { stateOf } from '../rehearsal/inventory.ts';
import { startRehearsal } from '../rehearsal/rehearsal.ts';

const most = Number(process.argv[2] ?? 1000);
if (!Number.isSafeInteger(most) || most < 1) {
  console.error(
    `usage: node gcp-bootstrap/soak/cli.ts [most]\n  given    ${process.argv[2]}\n  allowed  a whole number of kills from 1`,
  );
  process.exit(2);
}
const words = ['apply', '--env', 'dev'];
const problems: string[] = [];

console.log('undisturbed');
const calm = await startRehearsal();
const killed = await startRehearsal();
try {
  const { code, stdout, stderr } = await calm.run(...words);
  if (code !== 0) throw new Error(`an undisturbed apply failed:\n${stderr}`);
  console.log(`${calm.cloud.requests.writes.length} write requests. ${stdout.trim()}`);

  let kills = 0;
  for (;;) {
    const run =
      kills < most ? await killed.runKilled((_request, number) => number === 1, ...words) : await killed.run(...words);
    if (run.killedAfter === undefined) {
      if (run.code !== 0) problems.push(`the last run ended with ${run.code}:\n${run.stderr}`);
      break;
    }
    kills++;
    console.log(`killed ${kills}: after ${run.killedAfter.api} ${run.killedAfter.method} ${run.killedAfter.path}`);
  }
  const [wanted, found] = [stateOf(calm.cloud), stateOf(killed.cloud)];
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)]))
    if (!isDeepStrictEqual(wanted[name], found[name]))
      problems.push(
        `${name}\n  undisturbed  ${JSON.stringify(wanted[name])}\n  killed       ${JSON.stringify(found[name])}`,
      );
  for (const { cloud } of [calm, killed]) cloud.assertContained();
  console.log(
    `killed after ${kills} write requests; ${Object.keys(wanted).length} resources and policies compared, ${problems.length} differ`,
  );
} finally {
  await Promise.all([calm.stop(), killed.stop()]);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
