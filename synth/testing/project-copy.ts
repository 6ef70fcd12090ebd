/** A copy of the project in a folder of its own, to run its commands in. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { root } from '../../testing/clusters.ts';

/** What the commands are made of. */
const sources = [
  'argocd',
  'charts',
  'cli',
  'configuration',
  'environments',
  'mcp-servers',
  'memory',
  'policies',
  'promotion',
  'review',
  'synth',
  'dist',
  'cdk8s.yaml',
  'main.ts',
  'package.json',
  'package-lock.json',
];

export interface ProjectCopy {
  readonly folder: string;
  /** Runs a program of the project's packages, such as `node` or `cdk8s`. */
  run(command: string, ...args: readonly string[]): SpawnSyncReturns<string>;
  synth(...args: readonly string[]): SpawnSyncReturns<string>;
  promote(...args: readonly string[]): SpawnSyncReturns<string>;
  /** @throws where git refuses */
  git(...args: readonly string[]): string;
  /** Commits everything. @returns the commit's id */
  commit(message: string): string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Replaces the first occurrence. @throws where there is none */
  edit(file: string, from: string | RegExp, to: string): void;
  /** The files below a folder, by path from it, with their texts. */
  tree(folder: string): Map<string, string>;
  remove(): void;
}

/** The project as it is, dist/ included, in a repository of one commit. */
export function projectCopy(): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  for (const source of sources)
    cpSync(join(root, source), join(folder, source), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  linkPackages(folder);
  const run: ProjectCopy['run'] = (command, ...args) =>
    spawnSync(join(folder, 'node_modules/.bin', command), args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`,
        CDK8S_CHECK_UPGRADE: 'false',
      },
    });
  const git: ProjectCopy['git'] = (...args) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', env: gitEnvironment() });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const copy: ProjectCopy = {
    folder,
    run,
    synth: (...args) => run('node', 'main.ts', ...args),
    promote: (...args) => run('node', 'cli/promote.ts', ...args),
    git,
    commit(message) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    edit(file, from, to) {
      const before = copy.read(file);
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${file} has no ${from}`);
      copy.write(file, after);
    },
    tree: (below) => treeOf(join(folder, below)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  git('init', '--quiet', '--initial-branch=main');
  copy.write('.gitignore', 'node_modules\n');
  copy.commit('Begin');
  return copy;
}

/** Every file below a folder with its text, in order. */
export function treeOf(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file), readFileSync(file, 'utf8')]),
  );
}

/** Packages are shared; the folder is the copy's own, for its cache and for the links to its own workspaces. */
function linkPackages(folder: string) {
  const packages = join(root, 'node_modules');
  for (const name of readdirSync(packages).filter((name) => !['@ai-orchestra', '.cache'].includes(name)))
    link(join(packages, name), join(folder, 'node_modules', name));
  for (const name of readdirSync(join(packages, '@ai-orchestra'))) {
    const workspace = relative(realpathSync(root), realpathSync(join(packages, '@ai-orchestra', name)));
    link(join(folder, workspace), join(folder, 'node_modules/@ai-orchestra', name));
  }
}

function link(target: string, path: string) {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** Neither the user's configuration nor the variables of a hook that the tests may run in. */
function gitEnvironment(): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@example.test',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@example.test',
  };
}
