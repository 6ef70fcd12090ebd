/**
 * What renders, identified: the charts, all that they import, the schema that reads the settings and the writer. Two runs with
 * the same id, settings and digests write the same bytes. Settings and release records are not part of it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

/** Where reading begins: what makes objects, what reads settings, what writes. */
const entries = ['charts/index.ts', 'environments/parse.ts', 'synth/render.ts'];

/** An import that runs, not one of types alone, at the beginning of a line as the formatter puts it. */
const imports = /^(?:import|export)\s(?!type\s)(?:[\w*{][^;'"`]*?\sfrom\s)?'([^']+)'/gm;

/** A library: its name, without a path inside of it. */
const library = /^(?:@[^/]+\/)?[^/]+/;

/** What renders: source files from the folder of the repository, and libraries with the version that is locked. */
export interface Generator {
  readonly sources: readonly string[];
  readonly libraries: readonly string[];
}

/** Follows the imports. @throws where a file of ours imports one that is not there */
export function generator(root: string): Generator {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>>;
  };
  const load = createRequire(join(root, 'package.json'));
  const sources = new Set<string>();
  const libraries = new Set<string>();
  const waiting = entries.map((entry) => join(root, entry));
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    const name = relative(root, file);
    // Records are data beside the settings: a digest is no change of a chart.
    if (sources.has(name) || name.startsWith('environments/releases/')) continue;
    sources.add(name);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(imports)) {
      const [packageName = ''] = library.exec(specifier) ?? [];
      const locked = packages[`node_modules/${packageName}`];
      if (specifier.startsWith('.')) waiting.push(resolve(dirname(file), specifier));
      else if (locked?.link) waiting.push(load.resolve(specifier));
      else if (locked) libraries.add(`${packageName}@${locked.version}`);
      else if (!isBuiltin(specifier))
        throw new Error(`${name} imports ${specifier}, which package-lock.json does not have`);
    }
  }
  return { sources: [...sources].sort(), libraries: [...libraries].sort() };
}

/** `sha256:` and the digest of every source with its path, and of the names of the libraries. */
export function generatorId(root: string): string {
  const { sources, libraries } = generator(root);
  const digest = createHash('sha256');
  for (const source of sources) {
    const text = readFileSync(join(root, source));
    digest.update(`${source} ${text.length}\n`).update(text);
  }
  return `sha256:${digest.update(libraries.join('\n')).digest('hex')}`;
}
