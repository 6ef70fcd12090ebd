import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const pins = new URL('../go/crds/', import.meta.url);

export interface GoModule {
  readonly path: string;
  readonly version: string;
}

export class GoModuleError extends Error {
  override readonly name = 'GoModuleError';
}

/** The module at the version that testbed/go/crds/go.mod pins. */
export async function pinnedModule(path: string): Promise<GoModule> {
  const lines = (await readFile(new URL('go.mod', pins), 'utf8')).split('\n').map((line) => line.trim().split(' '));
  const version = lines.find(([module]) => module === path)?.[1];
  if (version === undefined) throw new GoModuleError(`${path} is not in testbed/go/crds/go.mod; add it under require`);
  return { path, version };
}

/** Downloads the module into Go's own cache, checked against go.sum, and answers its folder. */
export async function downloadModule({ path, version }: GoModule): Promise<string> {
  // With an explicit version Go reads this one module: the whole graph of k8s.io/kubernetes does not resolve.
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${path}@${version}`], {
    cwd: pins,
  }).catch((error: { code?: unknown; stdout?: string; stderr?: string }) => {
    if (error.code === 'ENOENT') throw new GoModuleError(`${path}@${version} needs Go 1.24 or newer on PATH`);
    throw new GoModuleError(`go mod download ${path}@${version} failed: ${error.stdout}${error.stderr}`);
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
