/** `npm run bench -- NAME`: measures this project beside others, and keeps what it found. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../cli/command.ts';
import { table } from '../cli/table.ts';
import { createFolder, removeFolder } from '../testbed/process/supervisor.ts';
import { NotProvided } from '../testbed/provide/provision.ts';
import type { Bench } from './bench.ts';
import { catalog } from './catalog.ts';
import { writeBlock } from './document.ts';
import { machine } from './machine.ts';
import { CommandFailed } from './measure/round-robin.ts';
import { NoData } from './recall/locomo.ts';
import { type Result, writeResult } from './result.ts';
import { DifferentObjects } from './synth/verify.ts';
import { resultTable } from './table.ts';
import { DatasetMissing } from './translate/dataset.ts';

const usage = `Measures this project beside others, on this machine.

Usage: npm run bench -- [options] NAME...

Names: ${catalog.map(({ name }) => name).join(', ')}

Options:
  --quick     a first look: smaller sizes, fewer runs; keeps nothing
  --runs N    count N runs of each command, instead of the bench's own number
  --list      say what each measures
  --json      print results as JSON
  --help      print this

Without --quick, the result goes to bench/results/NAME.json and into docs/performance.md. What is written while measuring goes
to the temporary folder (TMPDIR), which needs 4 GiB for \`synth\`.

Exit codes: 0 measured, whether or not a goal is met; 1 could not measure; 2 wrong usage`;

const root = join(import.meta.dirname, '..');

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) console.log(usage);
  else if (values.list) list(values.json === true);
  else {
    const benches = select(positionals);
    const runs = values.runs === undefined ? undefined : Number(values.runs);
    if (runs !== undefined && !(Number.isInteger(runs) && runs > 0))
      throw new UsageError(`--runs ${values.runs}: give a whole number above 0`);
    const results: Record<string, Result> = {};
    for (const bench of benches) {
      const result = await measureOne(bench, values.quick === true, runs);
      results[bench.name] = result;
      if (!values.json) console.log(resultTable(result));
    }
    if (values.json) console.log(JSON.stringify(results, null, 2));
  }
  return 0;
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const options = {
    quick: flag,
    list: flag,
    json: flag,
    runs: { type: 'string' },
    help: { ...flag, short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function list(json: boolean) {
  const rows = catalog.map(({ name, about }) => ({ name, about }));
  console.log(
    json
      ? JSON.stringify(rows, null, 2)
      : table(
          ['name', 'measures'],
          rows.map(({ name, about }) => [name, about]),
        ),
  );
}

function select(names: readonly string[]): Bench[] {
  const known = catalog.map(({ name }) => name);
  if (names.length === 0) throw new UsageError(`say what to measure: ${known.join(', ')}`);
  return names.map((name) => {
    const bench = catalog.find((one) => one.name === name);
    if (!bench) throw new UsageError(`there is no bench '${name}'; there are ${known.join(', ')}`);
    return bench;
  });
}

async function measureOne(bench: Bench, quick: boolean, runs: number | undefined): Promise<Result> {
  const place = { date: new Date().toISOString(), machine: machine() };
  const folder = await createFolder(`bench-${bench.name}-`);
  try {
    const progress = (what: string) => console.error(`${bench.name}: ${what}`);
    const result: Result = { ...place, ...(await bench.run({ root, folder, quick, runs, progress })) };
    if (!quick) {
      writeResult(root, bench.name, result);
      writeBlock(root, bench.name, result);
    }
    return result;
  } finally {
    await removeFolder(folder);
  }
}

/** What keeps a bench from measuring and is told without a stack: the message says what to do. */
const told = [NotProvided, CommandFailed, DifferentObjects, NoData, DatasetMissing];

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (isUsage) console.error(`${error.message}\n\n${usage}`);
  else console.error(told.some((type) => error instanceof type) ? `bench: ${(error as Error).message}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
