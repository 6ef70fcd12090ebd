#!/usr/bin/env node
/**
 * `npm start -w mcp-servers/NAME`: runs a server as a program that is made with the first start and after each change of a source.
 * A client that starts it waits a third of the time that the sources take to load. It is started with a small nursery for new objects
 * (`--max-semi-space-size`): else, on a machine with much memory, what calls leave behind takes hundreds of megabytes.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { freshProgram, makeProgram } from './program-cache.ts';

const root = join(import.meta.dirname, '..');
const name = process.argv[2] ?? '';
enableCompileCache(join(root, 'node_modules/.cache/compile'));
if (freshProgram(root, name) === undefined) {
  await makeProgram(root, name).catch((error: unknown) => {
    // Such as a folder that may not be written to: the sources do the same, later.
    process.stderr.write(`The server starts from its sources: ${error instanceof Error ? error.message : error}\n`);
  });
}
await import(freshProgram(root, name) ?? join(root, `mcp-servers/${name}/src/main.ts`));
