/** `npm run propose`: what `release`, `promote` and `synth` wrote becomes a commit on a branch, or a pull request. */
import { join } from 'node:path';
import { GitHubRefused, repositoryOf } from '../review/github.ts';
import { propose } from '../review/proposal.ts';
import { GitRefused } from '../synth/git.ts';
import { runCommand, UsageError } from './command.ts';

const usage = `Commits the changes of environments/releases/ and dist/, and pushes them: to a branch, or as a pull request. For workflows.

Usage: npm run propose -- --branch NAME [--into BASE] --message TEXT [--json]

  --branch NAME    branch to push to
  --into BASE      opens a pull request of that branch into this one, or renews the open one, with what it changes as its text
  --message TEXT   of the commit; its first line is the title of the pull request
  --json           print JSON

GitHub is told by the variables of GitHub Actions: GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL (default: https://api.github.com).

Exit codes: 0 proposed, or nothing to propose; 1 git or GitHub refused; 2 wrong usage`;

await runCommand({
  usage,
  values: ['branch', 'into', 'message'],
  run: async (words, { json, values: { branch, into, message } }) => {
    if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is not an option`);
    if (!branch || !message) throw new UsageError('--branch and --message are needed');
    const repository = repositoryOf(process.env);
    if ('missing' in repository) throw new UsageError(`set ${repository.missing.join(' and ')}`);
    try {
      const proposal = { branch, message, ...(into && { into }) };
      const proposed = await propose(join(import.meta.dirname, '..'), repository, proposal);
      if (json) console.log(JSON.stringify(proposed, null, 2));
      else if (proposed.done === 'nothing') console.log('Nothing to propose: records and dist/ are as committed.');
      else if (proposed.done === 'pushed') console.log(`Pushed ${proposed.commit.slice(0, 12)} to ${branch}.`);
      else console.log(`Pull request ${proposed.pullRequest} is ${proposed.done}: ${branch} into ${into}.`);
      return 0;
    } catch (error) {
      if (!(error instanceof GitRefused) && !(error instanceof GitHubRefused)) throw error;
      console.error(error.message);
      return 1;
    }
  },
});
