/** `cdk8s synth` and `npm run synth` both end here: environments in, dist/ out. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before any import of ours: compiled code is kept between runs, which halves the start.
enableCompileCache(join(import.meta.dirname, 'node_modules/.cache/compile'));
const { main } = await import('./synth/command.ts');
process.exitCode = main(process.argv.slice(2), import.meta.dirname);
