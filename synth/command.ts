/** The command line of the synthesis. */
// First: it must stand before the schemas.
import './no-schema-compiler.ts';
import { lstatSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput } from '../environments/problem.ts';
import { parseReleasesOfProtection } from '../environments/releases-of-protection.ts';
import { firstOf, inGit, onDisk } from './committed.ts';
import { generatorId } from './generator.ts';
import { GitRefused } from './git.ts';
import { hold, unheld } from './hold.ts';
import { compare, type Difference, isEmpty, put, recover } from './output.ts';
import { refuseDepartures, startListingBefore } from './protected.ts';
import { synthesise } from './synthesise.ts';

const usage = `Renders every environment into dist/<cluster>/<application>/<Kind>-<name>.yaml.

Usage: npm run synth -- [options]

What a release record holds back stays as it is in dist/, and is named. Objects that hold data do not leave dist/
without an entry in environments/releases-of-protection.ts.

Options:
  --check     write nothing; exit 1 and list the files if dist/ is not what the code says
  --base REV  objects that hold data must be there still that were where this branch left REV, such as origin/main
              (default: the last commit; outside of git, dist/ as it is)
  --unheld    render held environments too by the charts as they are; only with --out
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
    return await run(options, root, started);
  } catch (error) {
    if (error instanceof GitRefused) {
      console.error(`--base ${options.base}: ${error.message}\n\n${usage}`);
      return 2;
    }
    if (!(error instanceof InvalidInput)) throw error;
    console.error(options.json ? JSON.stringify({ problems: error.problems }, null, 2) : error.message);
    return 1;
  }
}

async function run(options: ReturnType<typeof parse>, root: string, started: number): Promise<number> {
  const viaCli = process.env.CDK8S_OUTDIR;
  const linked = viaCli !== undefined && resolve(viaCli) === resolve(root, cliOutput);
  const dist = resolve(root, 'dist');
  const folder = resolve(root, options.out ?? (viaCli === undefined || linked ? 'dist' : viaCli));
  // Asked before the charts are built: git answers meanwhile.
  const before = folder === dist ? startListingBefore(root, options.base) : undefined;
  recover(dist);
  const rendered = synthesise(root);
  const settled = options.unheld
    ? rendered.map(unheld)
    : hold(rendered, firstOf(onDisk(dist), inGit(root, 'HEAD')), () => generatorId(root));
  const files = settled.flatMap((cluster) => cluster.files);
  const difference = compare(folder, files);
  const { done } = before
    ? await refuseDepartures(
        root,
        { disk: () => present(dist, difference), committed: before, after: files },
        parseReleasesOfProtection(),
      )
    : { done: [] };
  if (options.check) return check(folder, difference, root);
  put(folder, files, difference);
  if (linked) linkOutput(resolve(root, cliOutput), folder);
  if (!options.quiet) {
    const report = {
      rendered: settled,
      difference,
      removableReleases: done,
      folder: relative(process.cwd(), folder) || '.',
      milliseconds: performance.now() - started,
    };
    // Not before it is needed: the table's library takes as long to load as a cluster to render.
    const { reportJson, reportTable } = await import('./report.ts');
    console.log(options.json ? reportJson(report) : reportTable(report));
  }
  return 0;
}

/** The files that are there and will not be, or not so. */
const present = (folder: string, { changed, removed }: Difference) =>
  [...changed, ...removed].map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: 'boolean' },
      base: { type: 'string' },
      unheld: { type: 'boolean' },
      out: { type: 'string' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.unheld && values.out === undefined) throw new Error('--unheld goes with --out: dist/ is what is held');
  return values;
}

function check(folder: string, difference: Difference, root: string): number {
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
