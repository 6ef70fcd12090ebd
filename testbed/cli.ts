import { parseArgs } from 'node:util';
import { catalog } from './catalog.ts';
import { cacheFolder } from './provide/cache.ts';
import { locate, provide } from './provide/provide.ts';
import { NotProvided, type Provision } from './provide/provision.ts';

const usage = `Provides the real servers and tools that tests and benchmarks use.

  node testbed/cli.ts build [--json] [name...]   find or build these (default: all that tests need), one after the other
  node testbed/cli.ts list [--json] [name...]    show where each comes from; builds nothing

Names: ${catalog.map(({ name }) => name).join(', ')}
Cache: ${cacheFolder()}
Exit codes: 0 all done, 1 something cannot be provided, 2 wrong usage. --json prints an array on standard output.`;

interface Row {
  readonly name: string;
  readonly version: string;
  /** `environment`, `PATH`, `cache`, `build`; null when it is nowhere. */
  readonly origin: string | null;
  readonly path: string | null;
  readonly error?: string;
}

class UsageError extends Error {}

function select(names: readonly string[], command: 'build' | 'list'): readonly Provision[] {
  const unknown = names.filter((name) => !catalog.some((provision) => provision.name === name));
  if (unknown.length > 0) throw new UsageError(`unknown: ${unknown.join(', ')}`);
  if (names.length > 0) return catalog.filter(({ name }) => names.includes(name));
  return command === 'list' ? catalog : catalog.filter(({ standIn }) => !standIn);
}

/** One row each, also for those that fail: all problems in one run. */
async function rows(provisions: readonly Provision[], find: typeof provide | typeof locate): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const provision of provisions) {
    const { name, version } = provision;
    try {
      const provided = await find(provision);
      found.push({ name, version, origin: provided?.origin ?? null, path: provided?.path ?? null });
    } catch (error) {
      if (!(error instanceof NotProvided)) throw error;
      found.push({ name, version, origin: null, path: null, error: error.message });
    }
  }
  return found;
}

function table(found: readonly Row[]): string {
  const cells = found.map(({ name, version, origin, path }) => [name, version, origin ?? '-', path ?? 'not built']);
  const lines = [['NAME', 'VERSION', 'FROM', 'PATH'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, ...names] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (command !== 'build' && command !== 'list') throw new UsageError(command ? `unknown: ${command}` : 'no command');
  const found = await rows(select(names, command), command === 'build' ? provide : locate);
  console.log(values.json ? JSON.stringify(found, undefined, 2) : table(found));
  const errors = found.flatMap(({ error }) => error ?? []);
  if (!values.json) for (const error of errors) console.error(`\n${error}`);
  return errors.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? `testbed: ${(error as Error).message}\n\n${usage}` : error);
  process.exitCode = isUsage ? 2 : 1;
}
