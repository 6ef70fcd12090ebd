/** The command line of the synthesis. */
// First: it must stand before the schemas.
import './no-schema-compiler.ts';
import { lstatSync, rmSync, symlinkSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput } from '../environments/problem.ts';
import { compare, type Difference, isEmpty, recover, replace } from './output.ts';
import { synthesise } from './synthesise.ts';

const usage = `Renders every environment into dist/<cluster>/<application>/<Kind>-<name>.yaml.

Usage: npm run synth -- [options]

Options:
  --check     write nothing; exit 1 and list the files if dist/ is not what the code says
  --out DIR   write to DIR instead of dist/
  --json      print the report as JSON
  --quiet     print nothing but errors
  --help      print this

Exit codes: 0 done, 1 bad settings or (with --check) a difference, 2 wrong usage`;

/** Where cdk8s.yaml sends the cdk8s CLI. The CLI empties its output folder before the app runs; dist/ must outlive a mistake. */
const cliOutput = '.cdk8s';

/**
 * Runs the command.
 * @param root folder of the repository
 * @returns the exit code
 */
export async function main(args: readonly string[], root: string): Promise<number> {
  const started = performance.now();
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  try {
    const viaCli = process.env.CDK8S_OUTDIR;
    const linked = viaCli !== undefined && resolve(viaCli) === resolve(root, cliOutput);
    const folder = resolve(root, options.out ?? (viaCli === undefined || linked ? 'dist' : viaCli));
    const rendered = synthesise(root);
    const files = rendered.flatMap((cluster) => cluster.files);
    if (options.check) return check(folder, compare(folder, files), root);
    const difference = replace(folder, files);
    if (linked) linkOutput(resolve(root, cliOutput), folder);
    if (!options.quiet) {
      const report = {
        rendered,
        difference,
        folder: relative(process.cwd(), folder) || '.',
        milliseconds: performance.now() - started,
      };
      // Not before it is needed: the table's library takes as long to load as a cluster to render.
      const { reportJson, reportTable } = await import('./report.ts');
      console.log(options.json ? reportJson(report) : reportTable(report));
    }
    return 0;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    console.error(options.json ? JSON.stringify({ problems: error.problems }, null, 2) : error.message);
    return 1;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      check: { type: 'boolean' },
      out: { type: 'string' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}

function check(folder: string, difference: Difference, root: string): number {
  recover(folder);
  if (isEmpty(difference)) return 0;
  const name = relative(root, folder);
  const list = (verb: string, paths: readonly string[]) => paths.map((path) => `  ${verb} ${name}/${path}`);
  console.error(
    [
      `${name}/ is not what the code says; run \`npm run synth\` and commit the result:`,
      ...list('missing ', difference.added),
      ...list('outdated', difference.changed),
      ...list('unknown ', difference.removed),
    ].join('\n'),
  );
  return 1;
}

/** Lets the cdk8s CLI find what was written, to list it. */
function linkOutput(link: string, folder: string) {
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link, { recursive: true, force: true });
  symlinkSync(folder, link, 'dir');
}
