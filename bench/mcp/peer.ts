/** MongoDB's own MCP server, installed beside the bench: its 400 MB are not worth everyone's `npm ci`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from '../measure/round-robin.ts';

const folder = join(import.meta.dirname, 'peer');
const program = join(folder, 'node_modules/mongodb-mcp-server/dist/esm/index.js');

/** The script to start with Node. @throws {CommandFailed} where it cannot be installed */
export function mongodbMcpServer(progress: (what: string) => void): string {
  if (existsSync(program)) return program;
  progress('installing mongodb-mcp-server');
  // Its optional native parts (keytar, kerberos) are not used here, and their scripts would have to be built.
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new CommandFailed(`npm ci in bench/mcp/peer failed: ${stderr}`);
  return program;
}
