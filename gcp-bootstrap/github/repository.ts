/** A repository on GitHub by its numbers: a name can be given up, and taken by somebody else. */
import * as z from 'zod';

export interface RepositoryIds {
  /** `owner/name` */
  readonly name: string;
  readonly ownerId: string;
  readonly repositoryId: string;
}

/** GitHub did not say what the repository is. */
export class RepositoryUnknown extends Error {
  override readonly name = 'RepositoryUnknown';
}

const answer = z.object({ id: z.int(), full_name: z.string(), owner: z.object({ id: z.int() }) });

export interface LookUpOptions {
  /** Base of GitHub's API, without a slash at its end. @default https://api.github.com */
  readonly api?: string | undefined;
  /** Needed for a repository that is not public. @default none */
  readonly token?: string | undefined;
}

/** @param name `owner/name` @throws {RepositoryUnknown} */
export async function lookUpRepository(name: string, options: LookUpOptions = {}): Promise<RepositoryIds> {
  const { api = 'https://api.github.com', token } = options;
  const url = `${api}/repos/${name}`;
  const response = await fetch(url, {
    headers: { accept: 'application/vnd.github+json', ...(token && { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw new RepositoryUnknown(`${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  if (!response.ok)
    throw new RepositoryUnknown(
      `${url} answered ${response.status}: is the name right? For one that is not public, set GITHUB_TOKEN to a token that may read it.`,
    );
  const { id, full_name, owner } = answer.parse(await response.json());
  return { name: full_name, ownerId: String(owner.id), repositoryId: String(id) };
}
