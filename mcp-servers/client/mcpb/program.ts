/** A server as files that need no installation: its code and that of its dependencies. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Loaded by libraries where they are there, which work without them. */
const OPTIONAL = [
  'kerberos',
  '@mongodb-js/zstd',
  '@aws-sdk/credential-providers',
  'gcp-metadata',
  'snappy',
  'socks',
  'aws4',
  'mongodb-client-encryption',
];

/**
 * Writes `main.js`, and beside it what is loaded later.
 * @param entry absolute path of a `main.ts`
 * @param reading told of each file of ours, before it is read
 * @returns folders of the packages that are in it
 */
export async function writeProgram(
  entry: string,
  folder: string,
  reading: (file: string) => void = () => {},
): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: { main: entry },
    platform: 'node',
    external: OPTIONAL,
    logLevel: 'silent',
    plugins: [
      {
        name: 'reading',
        load(id) {
          if (!id.startsWith('\0') && !id.includes('/node_modules/')) reading(id);
          return null;
        },
      },
    ],
  });
  try {
    const { output } = await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', minify: true });
    // Without it, Node would take .js for CommonJS.
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
    const found = modules.map(packageOf).filter((one) => one !== undefined);
    return [...new Set(found)].sort();
  } finally {
    await bundle.close();
  }
}

/** The folder of the package in `node_modules` that a module is of. Not set: it is ours. */
function packageOf(module: string): string | undefined {
  const [, path] = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module) ?? [];
  return path;
}

/** What the licenses of the packages ask for: their texts go along. */
export function noticesOf(packages: readonly string[]): string {
  return packages.map(noticeOf).join(`\n${'-'.repeat(80)}\n\n`);
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    : [];
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license ?? 'see its text'})`, ...texts, ''].join('\n\n');
}
