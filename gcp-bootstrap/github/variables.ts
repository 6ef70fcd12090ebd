/** What workflows read of their repository's settings: set by GitHub's own command where it is there, else told. */
import * as z from 'zod';
import { ProgramFailed, run } from '../deploy/program.ts';
import type { Variable } from './identities.ts';

export interface Settings {
  /** GitHub's environments that are not there. */
  readonly environments: readonly string[];
  /** Variables that are not there, or have another value. */
  readonly variables: readonly Variable[];
}

/** GitHub's command, with its words. @throws {ProgramFailed} */
export type GitHubCommand = (...args: readonly string[]) => Promise<string>;

/** `gh`, if it is there and somebody is logged in. @param variables that it runs with @default those of this process */
export async function gitHubCommand(variables: NodeJS.ProcessEnv = process.env): Promise<GitHubCommand | undefined> {
  const environment = { ...variables, GH_PROMPT_DISABLED: '1', NO_COLOR: '1' };
  const gh: GitHubCommand = (...args) => run('gh', args, { environment });
  try {
    await gh('auth', 'status');
    return gh;
  } catch (error) {
    if (error instanceof ProgramFailed) return undefined;
    throw error;
  }
}

const listed = z.array(z.object({ name: z.string(), value: z.string() }));
const environmentsAnswer = z.object({ environments: z.array(z.object({ name: z.string() })) });

/** What differs of what is wanted. @param repository `owner/name` @throws {ProgramFailed} */
export async function missingSettings(gh: GitHubCommand, repository: string, wanted: Settings): Promise<Settings> {
  const there = environmentsAnswer
    .parse(JSON.parse(await gh('api', `repos/${repository}/environments?per_page=100`)))
    .environments.map(({ name }) => name);
  const environments = wanted.environments.filter((name) => !there.includes(name));
  const variables: Variable[] = [];
  for (const [environment, own] of Map.groupBy(wanted.variables, ({ environment }) => environment)) {
    const isNew = environment !== undefined && environments.includes(environment);
    const args = ['variable', 'list', '--repo', repository, '--json', 'name,value', ...of(environment)];
    const found = isNew ? [] : listed.parse(JSON.parse(await gh(...args)));
    variables.push(...own.filter(({ name, value }) => !found.some((one) => one.name === name && one.value === value)));
  }
  return { environments, variables };
}

/** The commands that make what is missing, as they can be typed. */
export const settingCommands = (repository: string, { environments, variables }: Settings): readonly string[][] => [
  ...environments.map((name) => ['api', '--method', 'PUT', `repos/${repository}/environments/${name}`]),
  ...variables.map(({ name, value, environment }) => [
    ...['variable', 'set', name, '--repo', repository, ...of(environment), '--body', value],
  ]),
];

const of = (environment: string | undefined) => (environment === undefined ? [] : ['--env', environment]);
