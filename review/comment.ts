/** The review as a comment of a pull request: one, renewed in place. */
import * as z from 'zod';
import { callGitHub, type Repository } from './github.ts';

/** Names the comment as this review's; GitHub does not show it. */
const marker = '<!-- ai-orchestra: what changes in dist/ -->';

const comments = z.array(z.object({ id: z.number(), body: z.string().nullable().optional() }));
const PAGE = 100;

/** @returns whether there was a comment already @throws {GitHubRefused} */
export async function putComment(
  repository: Repository,
  pullRequest: number,
  markdown: string,
): Promise<'created' | 'updated'> {
  const body = `${marker}\n${markdown}`;
  const all = `/issues/${pullRequest}/comments`;
  for (let page = 1; ; page++) {
    const found = comments.parse(await callGitHub(repository, 'GET', `${all}?per_page=${PAGE}&page=${page}`));
    const own = found.find((comment) => comment.body?.startsWith(marker));
    if (own) {
      await callGitHub(repository, 'PATCH', `/issues/comments/${own.id}`, { body });
      return 'updated';
    }
    if (found.length < PAGE) break;
  }
  await callGitHub(repository, 'POST', all, { body });
  return 'created';
}
