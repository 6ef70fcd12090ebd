import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tailOf } from '../process/server.ts';
import { supervise } from '../process/supervisor.ts';
import type { ImageProgram } from './container.ts';
import type { Provision } from './provision.ts';

const modules = join(import.meta.dirname, '..', 'go');

/** go.mod and go.sum alone decide what is built: not a workspace above, not the user's flags. */
const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };

export const goAdvice =
  'Install Go 1.26 or newer (https://go.dev/dl); the build fetches its modules from the module proxy.';

/** The version of a module that the family's go.mod pins, without `v`. Throws when it pins none. */
export function pinnedVersion(family: string, module: string): string {
  const file = join(modules, family, 'go.mod');
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [path, version] = line
      .replace(/^require/, '')
      .trim()
      .split(' ');
    if (path === module && version) return version.slice(1);
  }
  throw new Error(`${file} requires no ${module}`);
}

/** The folder with a pinned module's files, downloaded when it is not in Go's module cache. */
export async function moduleFolder(family: string, module: string): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@v${pinnedVersion(family, module)}`];
  const options = { cwd: join(modules, family), env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)('go', args, options).catch((error: Error) => {
    throw new Error(`go ${args.join(' ')}: ${error.message}`);
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

export interface GoProgram {
  readonly name: string;
  /** Folder in testbed/go whose go.mod pins the program with everything it is built from. */
  readonly family: string;
  /** The module whose version is the program's. */
  readonly module: string;
  /** The main package. Default: the module itself. */
  readonly package?: string;
  /** Where a container runtime finds it instead; `{version}` stands for the version. Default: it is built. */
  readonly image?: ImageProgram;
  /** Go variable that the linker sets to the version with `v`, for programs that do not know it otherwise. */
  readonly versionVariable?: string;
  /** Arguments that make it print its version. Default: `--version`. */
  readonly versionArgs?: readonly string[];
}

/** A program built by `go build` from pinned modules. */
export function goProgram(program: GoProgram): Provision {
  const { name, family, module, versionVariable, versionArgs = ['--version'] } = program;
  const version = pinnedVersion(family, module);
  const ldflags = ['-s', '-w', ...(versionVariable ? ['-X', `${versionVariable}=v${version}`] : [])];
  return {
    name,
    version,
    versionArgs,
    ...(program.image && {
      image: { ...program.image, reference: program.image.reference.replace('{version}', version) },
    }),
    advice: goAdvice,
    make: async ({ target, folder }) => {
      const logFile = join(folder, 'build.log');
      const args = [
        'build',
        '-C',
        join(modules, family),
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        ldflags.join(' '),
      ];
      // Supervised, so that a killed test run leaves no compiler behind.
      const build = await supervise({
        command: 'go',
        args: [...args, '-o', target, program.package ?? module],
        env,
        folder,
        logFile,
      });
      const reason = await build.wait();
      if (reason !== 'exit code 0') throw new Error(`go build ended with ${reason}:\n${tailOf(logFile)}`);
    },
  };
}
