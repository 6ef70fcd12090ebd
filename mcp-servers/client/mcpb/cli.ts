/** `npm run mcpb`: the servers as files that applications such as Claude Desktop install. */
import { join, relative } from 'node:path';
import { runCommand, UsageError } from '../../../cli/command.ts';
import { table } from '../../../cli/table.ts';
import { type Bundle, makeBundle } from './bundle.ts';
import { bundledServer, type ServerName, serverNames } from './servers.ts';

const root = join(import.meta.dirname, '../../..');

await runCommand({
  usage: `Makes .mcpb files of the MCP servers: one file each, which needs nothing but Node.

Usage: npm run mcpb -- [options] [NAME...]

Names: ${serverNames.join(', ')}; without a name: all

Options:
  --out DIR  folder to write to (default: build/mcpb)
  --json     print results as JSON
  --help     print this

Exit codes: 0 made, 1 a bundle cannot be made, 2 wrong usage`,
  values: ['out'],
  async run(words, { json, values: { out = join(root, 'build/mcpb') } }) {
    const unknown = words.filter((word) => !isServer(word));
    if (unknown.length > 0) throw new UsageError(`There is no server ${unknown.join(', ')}.`);
    const names = words.length > 0 ? words.filter(isServer) : serverNames;
    const made: (Bundle & { readonly name: ServerName })[] = [];
    for (const name of names) {
      try {
        made.push({ name, ...(await makeBundle(bundledServer(name), out)) });
      } catch (error) {
        console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const rows = made.map(({ path, bytes, sha256 }) => [
      relative(process.cwd(), path),
      `${(bytes / 1e6).toFixed(1)} MB`,
      sha256,
    ]);
    console.log(json ? JSON.stringify(made, null, 2) : table(['file', 'size', 'sha256'], rows, [1]));
    return made.length === names.length ? 0 : 1;
  },
});

function isServer(word: string): word is ServerName {
  return serverNames.some((name) => name === word);
}
