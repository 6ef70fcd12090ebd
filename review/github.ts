/** As much of GitHub's API as reviews and proposals need. */
export interface Repository {
  /** Base of the API, without a slash at its end: `https://api.github.com`. */
  readonly api: string;
  /** `owner/name` */
  readonly name: string;
  readonly token: string;
}

/** GitHub did not do it; the message says what was asked and what it answered. */
export class GitHubRefused extends Error {
  override readonly name = 'GitHubRefused';
}

/**
 * The repository that GitHub Actions names by its variables.
 * @returns the names of the variables that are missing, where any is
 */
export function repositoryOf(environment: NodeJS.ProcessEnv): Repository | { readonly missing: readonly string[] } {
  const { GITHUB_REPOSITORY: name, GITHUB_TOKEN: token, GITHUB_API_URL: api } = environment;
  if (name && token) return { api: api || 'https://api.github.com', name, token };
  return { missing: [...(name ? [] : ['GITHUB_REPOSITORY']), ...(token ? [] : ['GITHUB_TOKEN'])] };
}

/** @param path below `/repos/<owner>/<name>` @throws {GitHubRefused} */
export async function callGitHub(
  { api, name, token }: Repository,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${api}/repos/${name}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw new GitHubRefused(`${method} ${path}: ${error.message}`, { cause: error });
  });
  if (!response.ok)
    throw new GitHubRefused(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`);
  return response.json();
}
