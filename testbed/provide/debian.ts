import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Place } from './provision.ts';
import { runnable } from './unpacked.ts';

async function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const options = { cwd, env: { ...process.env, ...env, LC_ALL: 'C' }, maxBuffer: 64 * 1024 * 1024 };
  await promisify(execFile)(command, [...args], options);
}

/**
 * Unpacks Debian packages, and those of their dependencies that the system lacks, beside the system instead of installing
 * them, which needs no rights and changes nothing. The version is the one that the system's package lists offer.
 * @param program its path in the packages; it is asked for its version, which names a missing library
 */
export async function unpackPackages(
  { target, folder }: Place,
  names: readonly string[],
  program: string,
): Promise<void> {
  const archives = join(folder, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const download = () =>
    run(
      'apt-get',
      [
        ...['--yes', '--download-only', '--reinstall', '--no-install-recommends'],
        // Nothing of the system is written, so its locks need not be held.
        ...['-o', `Dir::Cache::archives=${archives}`, '-o', 'Debug::NoLocking=true', '-o', 'APT::Sandbox::User='],
        'install',
        ...names,
      ],
      folder,
    );
  await download().catch(async (error: NodeJS.ErrnoException) => {
    // A fresh image has no lists of packages; an old one has lists of packages that are gone. Only root may renew them.
    if (error.code === 'ENOENT' || process.getuid?.() !== 0) throw error;
    await run('apt-get', ['update'], folder);
    await download();
  });
  mkdirSync(target);
  for (const file of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    await run('dpkg-deb', ['--extract', join(archives, file), target], folder);
  }
  const { command, args, env } = runnable(target, program);
  await run(command, [...args, '--version'], folder, env);
}
