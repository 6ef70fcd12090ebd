/** `npm run promote`: an environment takes what the one before it has run, or goes back to its release before. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput } from '../environments/problem.ts';
import { promotionOrder } from '../environments/releases.ts';
import type { Environment } from '../environments/schema.ts';
import { isNothing, plan } from '../promotion/plan.ts';
import { promotionOf } from '../promotion/promote.ts';
import { reportJson, reportText } from '../promotion/report.ts';
import { rollbackOf } from '../promotion/rollback.ts';
import { currentState } from '../promotion/state.ts';
import { write } from '../promotion/write.ts';
import { UsageError } from './command.ts';

const usage = `Changes the release record of an environment and its files in dist/ together, and shows what that changes, object by object.
Nothing is committed: the commit is the promotion.

Usage: npm run promote -- --from A --to B [--only APP ...] [--dry-run] [--json]
       npm run promote -- --to B --rollback [--only APP ...] [--dry-run] [--json]

  --from A    the environment before B: ${promotionOrder.join(', ')} is the order
  --to B      the environment that takes A's digests and the charts that A runs
  --only APP  these applications alone, folders of dist/<cluster>/ (default: all)
  --rollback  B has again what it had in the release before, by the files of that time
  --dry-run   show it, and write nothing
  --json      print JSON

Exit codes: 0 done, or nothing to do; 1 refused, with every reason; 2 wrong usage`;

process.exitCode = await main();

async function main(): Promise<number> {
  const json = process.argv.includes('--json');
  try {
    const options = parse();
    if (options === undefined) {
      console.log(usage);
      return 0;
    }
    const { from, to, only, rollback, dryRun } = options;
    const state = currentState(join(import.meta.dirname, '..'));
    const planned = await plan(
      state,
      rollback ? rollbackOf(state, { to, only }) : promotionOf(state, { from, to, only }),
    );
    if (isNothing(planned)) {
      console.log(json ? JSON.stringify({ to, changes: [], written: false }, null, 2) : `${to} has all of it already.`);
      return 0;
    }
    if (!dryRun) write(state.root, planned);
    console.log(json ? reportJson(planned, !dryRun) : reportText(planned, !dryRun));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    if (!(error instanceof InvalidInput)) throw error;
    console.error(json ? JSON.stringify({ problems: error.problems }, null, 2) : error.message);
    return 1;
  }
}

function parse() {
  const { values, positionals } = parsed();
  if (values.help) return undefined;
  const to = environment('--to', values.to);
  // `--only memory mcp-servers` and `--only memory,mcp-servers` mean the same.
  const only = [...(values.only ?? []), ...positionals].flatMap((names) => names.split(',')).filter(Boolean);
  if (positionals.length > 0 && !values.only) throw new UsageError(`'${positionals.join(' ')}' is not an option`);
  const rollback = values.rollback === true;
  if (rollback && values.from !== undefined)
    throw new UsageError(`a rollback restores what ${to} had itself: leave --from out`);
  const from = rollback ? to : environment('--from', values.from);
  return { from, to, rollback, only: only.length > 0 ? only : undefined, dryRun: values['dry-run'] === true };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        only: { type: 'string', multiple: true },
        rollback: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function environment(option: string, name: string | undefined): Environment['name'] {
  const found = promotionOrder.find((known) => known === name);
  if (!found) throw new UsageError(`${option} ${name ?? 'is missing'}: it is one of ${promotionOrder.join(', ')}`);
  return found;
}
