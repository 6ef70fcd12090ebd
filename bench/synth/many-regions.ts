/** Starts regions.ts as main.ts starts the synthesis: from a bundle, with compiled code kept between runs. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
enableCompileCache(join(root, 'node_modules/.cache/compile'));
const { freshBundle, makeBundle } = await import('../../synth/bundle.ts');
const entry = 'bench/synth/regions.ts';
const bundle = freshBundle(root, entry);
const { main } = (await import(bundle ?? './regions.ts')) as typeof import('./regions.ts');
main(process.argv.slice(2), root);
if (!bundle) await makeBundle(root, entry);
