/** What release commands wrote, as a commit on a branch, and as a pull request where somebody is to look at it. */
import { execFileSync } from 'node:child_process';
import * as z from 'zod';
import { GitRefused, git } from '../synth/git.ts';
import { callGitHub, type Repository } from './github.ts';
import { reviewSince } from './pull-request.ts';
import { reviewMarkdown } from './summary.ts';

export interface Proposal {
  /** Branch that is pushed to. */
  readonly branch: string;
  /** Branch that it is to be merged into. @default none: the commit goes straight to `branch` */
  readonly into?: string;
  readonly message: string;
}

export type Proposed =
  | { readonly done: 'nothing' }
  | { readonly done: 'pushed'; readonly commit: string }
  | { readonly done: 'opened' | 'updated'; readonly commit: string; readonly pullRequest: number };

/** Records and what is rendered from them: nothing else is a release. */
const released = ['environments/releases', 'dist'];
const identity = {
  GIT_AUTHOR_NAME: 'github-actions[bot]',
  GIT_AUTHOR_EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
  GIT_COMMITTER_NAME: 'github-actions[bot]',
  GIT_COMMITTER_EMAIL: '41898282+github-actions[bot]@users.noreply.github.com',
};
const pulls = z.array(z.object({ number: z.number() }));
const pull = z.object({ number: z.number() });

/**
 * Commits changes of records and of dist/, and pushes them. A branch that is proposed is the proposal alone, so what an earlier
 * one left there is replaced; a branch that is not, is only ever added to.
 * @throws {GitRefused} where the branch got other commits meanwhile @throws {GitHubRefused}
 */
export async function propose(root: string, repository: Repository, proposal: Proposal): Promise<Proposed> {
  const { branch, into, message } = proposal;
  if (git(root, 'status', '--porcelain', '--', ...released) === '') return { done: 'nothing' };
  run(root, ['add', '--', ...released]);
  run(root, ['commit', '--quiet', '--file=-'], { ...identity }, message);
  const commit = git(root, 'rev-parse', 'HEAD').trim();
  const to = `HEAD:refs/heads/${branch}`;
  run(root, ['push', '--quiet', ...(into === undefined ? [] : ['--force']), 'origin', to], login(repository));
  if (into === undefined) return { done: 'pushed', commit };
  run(root, ['fetch', '--quiet', 'origin', `refs/heads/${into}:refs/remotes/origin/${into}`], login(repository));
  const [title = ''] = message.split('\n');
  const body = reviewMarkdown(await reviewSince(root, `origin/${into}`));
  const [owner = ''] = repository.name.split('/');
  const query = new URLSearchParams({ state: 'open', base: into, head: `${owner}:${branch}` });
  const [open] = pulls.parse(await callGitHub(repository, 'GET', `/pulls?${query}`));
  if (open) {
    await callGitHub(repository, 'PATCH', `/pulls/${open.number}`, { title, body });
    return { done: 'updated', commit, pullRequest: open.number };
  }
  const made = pull.parse(await callGitHub(repository, 'POST', '/pulls', { title, body, head: branch, base: into }));
  return { done: 'opened', commit, pullRequest: made.number };
}

/** By variables: a command line is seen by everyone on the machine, and a checkout that keeps a token hands it on. */
const login = ({ token }: Repository) => ({
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'http.https://github.com/.extraheader',
  GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
});

function run(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): void {
  try {
    execFileSync('git', args, { cwd: root, env: { ...process.env, ...env }, input, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    throw new GitRefused(`git ${args[0]}: ${stderr?.toString().trim() || message}`);
  }
}
