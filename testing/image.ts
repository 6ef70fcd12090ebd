/** An image without a container: the files that its Dockerfile copies, alone in a folder, started as it would be there. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const root = join(import.meta.dirname, '..');
/** The user of distroless images that are `nonroot`. */
const nonroot = 65_532;

export interface AssembledImage {
  /** Names of all packages that were installed. */
  readonly packages: readonly string[];
  /** A folder that the service may write to, as a volume would be. */
  readonly volume: string;
  /** Starts its CMD as nobody, with these variables alone; nothing but the volume can be written to. */
  start(environment: Readonly<Record<string, string>>): ChildProcessByStdio<Writable, Readable, Readable>;
  remove(): void;
}

/**
 * Does what the instructions COPY and RUN of a Dockerfile do, with the files of the repository.
 * @param dockerfile path from the root of the repository
 * @throws where a file is missing or an installation fails
 */
export function assembleImage(dockerfile: string): AssembledImage {
  const instructions = readInstructions(dockerfile);
  const image = mkdtempSync(join(tmpdir(), 'image-'));
  const [app, volume] = [join(image, 'app'), join(image, 'volume')];
  mkdirSync(app);
  mkdirSync(volume);
  for (const instruction of instructions('COPY')) copy(instruction, app);
  for (const command of instructions('RUN')) run(command, app);
  const made = readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8');
  // The Node of this process may lie where nobody else may look.
  const node = join(image, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(image, 0o755);
  chmodSync(node, 0o755);
  chmodSync(volume, 0o700);
  spawnSync('chmod', ['-R', 'a-w,a+rX', app]);
  // Only root can become somebody else; whoever is not root is nobody enough.
  const identity = process.getuid?.() === 0 ? { uid: nonroot, gid: nonroot } : {};
  if ('uid' in identity) chownSync(volume, nonroot, nonroot);
  const [command = '[]'] = instructions('CMD');
  return {
    packages: Object.keys((JSON.parse(made) as { packages: object }).packages).map((path) =>
      path.replace(/^.*node_modules\//, ''),
    ),
    volume,
    start: (environment) =>
      spawn(node, JSON.parse(command) as string[], {
        cwd: app,
        env: environment,
        stdio: ['pipe', 'pipe', 'pipe'],
        ...identity,
      }),
    remove: () => rmSync(image, { recursive: true, force: true }),
  };
}

/** The lines of a Dockerfile that begin with a word, in order, without it. */
function readInstructions(dockerfile: string) {
  const lines = readFileSync(join(root, dockerfile), 'utf8')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1).trim());
}

/** What `COPY a b to/` does; what comes from an earlier stage is there already. */
function copy(instruction: string, app: string): void {
  if (instruction.startsWith('--from=')) return;
  const words = instruction.split(' ');
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    const to = join(app, target, target.endsWith('/') ? (source.split('/').at(-1) ?? '') : '');
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(root, source), to, { recursive: true });
  }
}

function run(command: string, app: string): void {
  const [program = '', ...args] = command.split(' ');
  const { status, stderr } = spawnSync(program, [...args, ...(program === 'npm' ? ['--prefer-offline'] : [])], {
    cwd: app,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}
