/**
 * The generator as one file, kept beside the compile cache. Loading some 200 modules is most of the time of a synthesis; one
 * file of the same code loads in a third of it. Every run checks that the file was made from the sources as they are now; if
 * not, the sources run themselves, and a new file is made for the next run.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What the bundle was made from: each source with its size and its times of change. */
interface Recipe {
  readonly node: string;
  readonly inputs: readonly (readonly [file: string, stamp: string])[];
}

const cacheFolder = (root: string) => join(root, 'node_modules/.cache/ai-orchestra');
/** `synth/command.ts` is kept as `synth.mjs`. */
const keptAs = (entry: string) => dirname(entry).replaceAll('/', '-');
const bundleFile = (root: string, entry: string) => join(cacheFolder(root), `${keptAs(entry)}.mjs`);
const recipeFile = (root: string, entry: string) => join(cacheFolder(root), `${keptAs(entry)}.json`);

/** What the bundle is made of, unless a benchmark has an entry of its own. */
const command = 'synth/command.ts';

/** Changes with every write to the file, whatever its content: the time of the last status change cannot be set. */
function stamp(file: string): string {
  const status = statSync(file, { throwIfNoEntry: false });
  return status ? `${status.size} ${status.mtimeMs} ${status.ctimeMs}` : 'gone';
}

/** The bundle's path if it was made from the sources as they are, by this Node. */
export function freshBundle(root: string, entry = command): string | undefined {
  if (!existsSync(recipeFile(root, entry)) || !existsSync(bundleFile(root, entry))) return undefined;
  const { node, inputs } = JSON.parse(readFileSync(recipeFile(root, entry), 'utf8')) as Recipe;
  const fresh = node === process.version && inputs.every(([file, was]) => stamp(join(root, file)) === was);
  return fresh ? bundleFile(root, entry) : undefined;
}

/** Makes the bundle. Without a bundler (an installation without development packages), nothing happens. */
export async function makeBundle(root: string, entry = command): Promise<void> {
  const rolldown = await import('rolldown').catch(() => undefined);
  if (!rolldown) return;
  // Stamped as each is read: a change while the bundle is made shows in the next run.
  const inputs = new Map([['package-lock.json', stamp(join(root, 'package-lock.json'))]]);
  const bundle = await rolldown.rolldown({
    input: join(root, entry),
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        // cdk8s loads these for its own writer, for Include and for Helm; nothing here needs them to start. What is ours
        // imports them when it needs them: they stay outside.
        name: 'lazy-libraries',
        resolveId: (source, importer) =>
          !['yaml', 'fast-json-patch'].includes(source)
            ? null
            : importer?.includes('/cdk8s/lib/')
              ? `\0lazy:${source}`
              : { id: source, external: true },
        load: (id) => (id.startsWith('\0lazy:') ? lazyLibrary(id.slice('\0lazy:'.length), root) : null),
      },
      {
        name: 'source-names',
        transform(code, id) {
          const file = relative(root, id);
          if (id.startsWith('\0') || file.startsWith('node_modules')) return null;
          inputs.set(file, stamp(id));
          // A chart says which file declares it; in the bundle there is but one file.
          return code.includes('import.meta.filename')
            ? code.replaceAll('import.meta.filename', JSON.stringify(file))
            : null;
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  mkdirSync(cacheFolder(root), { recursive: true });
  const recipe: Recipe = { node: process.version, inputs: [...inputs].sort() };
  // The recipe last: a bundle without one is never used.
  writeWhole(bundleFile(root, entry), output[0].code);
  writeWhole(recipeFile(root, entry), JSON.stringify(recipe));
}

/** A CommonJS module that loads the library when something of it is first asked for. */
const lazyLibrary = (name: string, root: string) => `
const load = () => require('node:module').createRequire(${JSON.stringify(join(root, 'node_modules/cdk8s/lib/index.js'))})(${JSON.stringify(name)});
module.exports = new Proxy({}, { get: (_, key) => (key === '__esModule' ? true : load()[key]) });
`;

function writeWhole(file: string, text: string) {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
