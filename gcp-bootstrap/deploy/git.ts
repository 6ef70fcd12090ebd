/** The branch that Argo CD follows, as the remote has it, beside this checkout. */
import type { Environment } from '../../environments/schema.ts';
import { ProgramFailed, run } from './program.ts';

export interface Followed {
  /** Name of the remote that is the repository of `gitops` in environments/; undefined where none is. */
  readonly remote?: string;
  /** Commit that the branch is at there. */
  readonly tip: string;
}

/** Never asks at the terminal: a login that is missing is an error. */
const environment = () => ({ ...process.env, GIT_TERMINAL_PROMPT: '0' });

export const git = async (root: string, ...args: readonly string[]): Promise<string> =>
  (await run('git', args, { cwd: root, environment: environment() })).trim();

/** Whether git says yes, by its exit code. */
export const gitSays = (root: string, ...args: readonly string[]): Promise<boolean> =>
  git(root, ...args).then(
    () => true,
    () => false,
  );

/** `github.com/owner/name` of every form of the address of one repository. */
const repositoryName = (url: string): string =>
  url
    .replace(/^(?:https?|ssh):\/\/(?:[^@/]+@)?/, '')
    .replace(/^git@([^:]+):/, '$1/')
    .replace(/(?:\.git)?\/?$/, '')
    .toLowerCase();

/** @throws {ProgramFailed} where the remote does not answer, or has no such branch */
export async function followedBranch(root: string, { gitops }: Pick<Environment, 'gitops'>): Promise<Followed> {
  const { repository, revision } = gitops;
  const remotes = (await git(root, 'remote', '-v')).split('\n').map((line) => line.split(/\s+/));
  const [remote] =
    remotes.find(([, url = '', kind]) => kind === '(push)' && repositoryName(url) === repositoryName(repository)) ?? [];
  const listed = await git(root, 'ls-remote', remote ?? repository, `refs/heads/${revision}`);
  const [tip] = listed.split(/\s+/);
  if (!tip)
    throw new ProgramFailed(`git ls-remote ${repository} refs/heads/${revision}`, `there is no branch ${revision}`);
  return { tip, ...(remote !== undefined && { remote }) };
}
