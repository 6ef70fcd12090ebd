import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createFolder, removeFolder } from '../process/supervisor.ts';

/** Content by path from the root of the repository; `null` removes the file or folder. */
export type Files = Readonly<Record<string, string | null>>;

export interface GitRepository {
  /** `file:///...`, a bare repository with the branch `main`. */
  readonly url: string;
  /** The files as a work tree, to be changed freely between commits. */
  readonly folder: string;
  /**
   * Changes files, commits all that differs, and so publishes it: who fetches sees the whole commit or nothing of it.
   * A commit without a difference is made too.
   * @returns the commit's id, 40 hexadecimal digits
   */
  commit(change: Files | ((folder: string) => void | Promise<void>), message?: string): Promise<string>;
  /** Removes the repository. Idempotent. */
  stop(): Promise<void>;
}

/** Neither the user's configuration nor hooks and signing keys of the machine: the same everywhere. */
const environment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'testbed',
  GIT_AUTHOR_EMAIL: 'testbed@example.test',
  GIT_COMMITTER_NAME: 'testbed',
  GIT_COMMITTER_EMAIL: 'testbed@example.test',
};

/** Git's own variables, as they are set while a hook runs, would make it work on another repository. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
}

function write(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === null) {
      rmSync(file, { recursive: true });
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/**
 * A git repository in a temporary folder, without a commit. Servers that this machine runs fetch it by its `file://` URL;
 * to them, a commit is what a push is to a server of git. Needs git on PATH; throws when it cannot be run.
 */
export async function gitRepository(): Promise<GitRepository> {
  const parent = await createFolder('testbed-git-');
  const [bare, folder] = [join(parent, 'repository.git'), join(parent, 'files')];
  mkdirSync(folder);
  const git = async (...args: readonly string[]) => {
    const options = { cwd: folder, env: { ...inherited(), ...environment } };
    return (await promisify(execFile)('git', [...args], options)).stdout.trim();
  };
  const here = [`--git-dir=${bare}`, `--work-tree=${folder}`];
  try {
    await git('init', '--quiet', '--bare', '--initial-branch=main', bare);
  } catch (error) {
    await removeFolder(parent);
    throw error;
  }
  return {
    url: pathToFileURL(bare).href,
    folder,
    commit: async (change, message = 'Change') => {
      if (typeof change === 'function') await change(folder);
      else write(folder, change);
      // `--force`: what is ignored by a .gitignore among the files is still meant.
      await git(...here, 'add', '--all', '--force');
      await git(...here, 'commit', '--quiet', '--allow-empty', '--message', message);
      return git(...here, 'rev-parse', 'HEAD');
    },
    stop: () => removeFolder(parent),
  };
}
