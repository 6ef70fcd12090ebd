/** `npm run review`: what a branch changes in the clusters. */
import { join } from 'node:path';
import { putComment } from '../review/comment.ts';
import { GitHubRefused, type Repository, repositoryOf } from '../review/github.ts';
import { type Review, reviewSince } from '../review/pull-request.ts';
import { reviewMarkdown, reviewText } from '../review/summary.ts';
import { runCommand, UsageError } from './command.ts';

const usage = `Says what this branch changes in dist/: object by object and field by field, for each cluster, and what that does to what runs.

Usage: npm run review -- [--base REVISION] [--format text | markdown] [--json]
       npm run review -- [--base REVISION] --comment NUMBER

  --base REVISION   what the branch is to be merged into (default: origin/main)
  --format FORMAT   text, or markdown
  --comment NUMBER  writes it as a comment of this pull request, and the next time into the same comment; GitHub is told by the
                    variables of GitHub Actions: GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL (default: https://api.github.com)
  --json            print JSON

Exit codes: 0 told, whatever changes; 1 no such revision, or GitHub refused; 2 wrong usage`;

await runCommand({
  usage,
  values: ['base', 'format', 'comment'],
  run: async (words, { json, values: { base = 'origin/main', format = 'text', comment } }) => {
    if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is not an option`);
    if (format !== 'text' && format !== 'markdown') throw new UsageError(`--format ${format}: it is text or markdown`);
    const to = comment === undefined ? undefined : pullRequest(comment);
    const review = await reviewSince(join(import.meta.dirname, '..'), base);
    if (to) return write(review, to);
    console.log(
      json ? JSON.stringify(review, null, 2) : format === 'markdown' ? reviewMarkdown(review) : reviewText(review),
    );
    return 0;
  },
});

function pullRequest(number: string) {
  if (!/^[1-9][0-9]*$/.test(number)) throw new UsageError(`--comment ${number}: give the number of a pull request`);
  const repository = repositoryOf(process.env);
  if ('missing' in repository) throw new UsageError(`--comment needs ${repository.missing.join(' and ')}`);
  return { repository, number: Number(number) };
}

async function write(review: Review, to: { readonly repository: Repository; readonly number: number }) {
  try {
    const done = await putComment(to.repository, to.number, reviewMarkdown(review));
    console.log(`Comment ${done}: ${review.changes.length} objects change.`);
    return 0;
  } catch (error) {
    if (!(error instanceof GitHubRefused)) throw error;
    console.error(`GitHub did not take the comment: ${error.message}`);
    return 1;
  }
}
