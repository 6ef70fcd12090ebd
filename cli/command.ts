/** What every command of this repository has in common: help, JSON, exit codes, one form of error. */
import { parseArgs } from 'node:util';
import { InvalidInput } from '../environments/problem.ts';

/** Thrown where the command line itself is wrong; ends with exit code 2 and the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command: its usage text, and what it does. */
export interface Command {
  readonly usage: string;
  /** Options with a value, beside --help and --json. @default none */
  readonly values?: readonly string[];
  /** Options without a value, beside --help and --json. @default none */
  readonly flags?: readonly string[];
  /**
   * @param words what stands on the command line beside options
   * @returns the exit code; undefined is 0
   */
  readonly run: (
    words: readonly string[],
    options: {
      readonly json: boolean;
      readonly values: Readonly<Record<string, string | undefined>>;
      readonly flags: Readonly<Record<string, boolean>>;
    },
  ) => number | undefined | Promise<number | undefined>;
}

/** Runs a command with this process's arguments and sets its exit code: 0 done, 1 bad input or a finding, 2 wrong usage. */
export async function runCommand({ usage, values: names = [], flags = [], run }: Command): Promise<void> {
  let json = process.argv.includes('--json');
  try {
    const { values, positionals } = parse(names, flags);
    json = values.json === true;
    if (values.help) {
      console.log(usage);
      return;
    }
    process.exitCode =
      (await run(positionals, {
        json,
        values: Object.fromEntries(
          names.map((name) => [name, (values as Record<string, unknown>)[name] as string | undefined]),
        ),
        flags: Object.fromEntries(flags.map((name) => [name, (values as Record<string, unknown>)[name] === true])),
      })) ?? 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      process.exitCode = 2;
    } else if (error instanceof InvalidInput) {
      console.error(json ? JSON.stringify({ problems: error.problems }, null, 2) : error.message);
      process.exitCode = 1;
    } else throw error;
  }
}

function parse(names: readonly string[], flags: readonly string[]) {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' as const }])),
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
