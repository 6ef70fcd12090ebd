/** Where a bench ran: figures of two machines cannot be compared, and those of a busy one mean little. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** The machine, and how busy it was when the bench began. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  /** Processes that ran or waited, on average over the minute before the bench. */
  readonly load: number;
  /** The folder that takes what is written, and its file system. */
  readonly output: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    system: `${type()} ${release()}`,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    output: `${tmpdir()} (${fileSystem(tmpdir())})`,
  };
}

function fileSystem(folder: string): string {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim();
  } catch {
    // GNU's stat alone tells; where there is another, the figures still count.
    return 'unknown';
  }
}

/** The installed version of a package. */
export function packageVersion(root: string, name: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return String(version);
}
