import { join } from 'node:path';
import { tailOf } from '../process/server.ts';
import { supervise } from '../process/supervisor.ts';
import { type Place, type Provision, withFingerprint } from './provision.ts';

interface PythonEnvironment {
  readonly name: string;
  /** Of the package that matters in it. */
  readonly version: string;
  /** File that pins every package by hash. */
  readonly requirements: string;
}

/** A virtual environment of its own, with what a file of requirements pins. */
export function pythonEnvironment({ name, version, requirements }: PythonEnvironment): Provision {
  return {
    name,
    version: withFingerprint(version, [requirements]),
    advice: 'Install Python 3.11 or newer with venv (Debian: apt-get install python3-venv); pip fetches the packages.',
    async make({ target, folder }: Place) {
      const logFile = join(folder, 'install.log');
      const run = async (command: string, ...args: readonly string[]) => {
        const process = await supervise({ command, args, folder, logFile });
        const reason = await process.wait();
        if (reason !== 'exit code 0') throw new Error(`${command} ${args.join(' ')}: ${reason}\n${tailOf(logFile)}`);
      };
      await run('python3', '-m', 'venv', target);
      const pip = ['-m', 'pip', 'install', '--no-deps', '--require-hashes', '--only-binary=:all:', '--no-input'];
      await run(join(target, 'bin', 'python'), ...pip, '--requirement', requirements);
    },
  };
}
