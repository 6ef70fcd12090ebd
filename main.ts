/** `cdk8s synth` and `npm run synth` both end here: environments in, dist/ out. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = import.meta.dirname;
// Before any import of ours: compiled code is kept between runs.
enableCompileCache(join(root, 'node_modules/.cache/compile'));
const { freshBundle, makeBundle } = await import('./synth/bundle.ts');
const bundle = freshBundle(root);
const { main } = (await import(bundle ?? './synth/command.ts')) as typeof import('./synth/command.ts');
process.exitCode = await main(process.argv.slice(2), root);
if (!bundle) await makeBundle(root);
