import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ENTRY, manifestOf } from './manifest.ts';
import { noticesOf, writeProgram } from './program.ts';
import type { BundledServer } from './servers.ts';

export interface Bundle {
  /** Absolute path of the `.mcpb` file. */
  readonly path: string;
  readonly bytes: number;
  /** As `fileSha256` of a registry wants it. */
  readonly sha256: string;
}

/** The earliest time that a zip file can hold, so that equal content makes equal files. */
const EPOCH = new Date(1980, 0, 1);
const license = join(import.meta.dirname, '../../../LICENSE');

/** Makes a server's `.mcpb` file: a zip with its manifest and its program. @throws where a part cannot be made */
export async function makeBundle(server: BundledServer, folder: string): Promise<Bundle> {
  const staged = mkdtempSync(join(tmpdir(), 'mcpb-'));
  try {
    const packages = await writeProgram(server.entry, join(staged, dirname(ENTRY)));
    writeFileSync(join(staged, 'manifest.json'), `${JSON.stringify(manifestOf(server), null, 2)}\n`);
    writeFileSync(join(staged, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packages));
    cpSync(license, join(staged, 'LICENSE'));
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${server.name}-${server.version}.mcpb`);
    zip(staged, path);
    const content = readFileSync(path);
    return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function zip(folder: string, path: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  for (const file of files) utimesSync(join(folder, file), EPOCH, EPOCH);
  rmSync(path, { force: true });
  try {
    execFileSync('zip', ['-X', '-9', '-q', path, '-@'], {
      cwd: folder,
      input: files.join('\n'),
      env: { ...process.env, TZ: 'UTC' },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('the program zip is not there: apt-get install zip', { cause: error });
  }
}
