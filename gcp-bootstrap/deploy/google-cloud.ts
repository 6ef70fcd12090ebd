/** The first stages: Google Cloud as environments/ says, and the values of secrets that a person gives. */
import type { Cluster } from '../../environments/index.ts';
import { apply } from '../engine/apply.ts';
import { CannotRead, isEmpty, type Planned, plan } from '../engine/plan.ts';
import type { Command } from '../gcloud/command.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { lint, oneOfEach, without } from '../gcloud/lint.ts';
import { Reader } from '../gcloud/reader.ts';
import { readProject } from '../project.ts';
import { failuresOf, failureText, progressLine } from '../report.ts';
import { notGivenYet, resourcesOf } from '../resources.ts';
import { StageFailed, type Tell } from './stage.ts';

/** Values that somebody else issues, by their names in Secret Manager. */
export type Given = Readonly<Record<string, string>>;

export interface GoogleCloudOptions {
  readonly gcloud: Gcloud;
  readonly clusters: readonly Cluster[];
  readonly given: Given;
  /** Milliseconds between two looks at what is under way. @default 5,000 */
  readonly interval?: number;
}

/** `npm run bootstrap -- apply`, as a stage. @throws {StageFailed} with every failure */
export async function applyGoogleCloud(options: GoogleCloudOptions, tell: Tell): Promise<string> {
  const { gcloud, clusters, given, interval } = options;
  const planned = await plannedFor(gcloud, clusters, given);
  if (isEmpty(planned)) return `${planned.length} resources as they should be`;
  tell(
    `${planned.filter(({ action }) => action !== 'none').length} of ${planned.length} resources are to be made or changed`,
  );
  const adapt = await adapted(gcloud, planned, tell);
  const outcomes = await apply(gcloud, planned, {
    tell: (progress) => tell(progressLine(progress)),
    adapt,
    ...(interval !== undefined && { interval }),
  });
  const title = (id: string) => planned.find(({ resource }) => resource.id === id)?.resource.title ?? id;
  const failures = failuresOf(outcomes, title);
  const skipped = outcomes.filter(({ state }) => state === 'skipped').length;
  if (failures.length > 0)
    throw new StageFailed(
      `${failures.map(failureText).join('\n')}${skipped > 0 ? `\n${skipped} more need these, and were not begun` : ''}`,
      'Do what each says, and run the command again: it goes on from there.',
    );
  return `${outcomes.length} resources made or changed, ${planned.length - outcomes.length} as they should be`;
}

async function plannedFor(gcloud: Gcloud, clusters: readonly Cluster[], given: Given): Promise<readonly Planned[]> {
  const project = await readProject(new Reader(gcloud));
  const resources = resourcesOf({ project, clusters, given: (name) => given[name], now: Date.now });
  try {
    return await plan(resources, new Reader(gcloud, project.apis));
  } catch (error) {
    if (error instanceof CannotRead) throw error.failures[0]?.failure ?? error;
    throw error;
  }
}

/** Nothing is changed before this gcloud was seen to know every command. @throws {StageFailed} */
async function adapted(gcloud: Gcloud, planned: readonly Planned[], tell: Tell) {
  const { missing, notices, refusals } = await lint(gcloud, oneOfEach(planned.flatMap((one) => one.commands)));
  for (const notice of notices) tell(notice);
  if (refusals.length > 0)
    throw new StageFailed(
      refusals.map(({ command, said }) => `${command}: ${said}`).join('\n'),
      'Update gcloud (gcloud components update): nothing was changed.',
    );
  return (command: Command) => without(command, missing);
}

/**
 * Gives values that came after the secret was made, and stood for in the meantime. A value that somebody gave stays.
 * @returns which are still to be given is told, and does not fail: what needs them says so
 */
export async function giveSecrets(
  { gcloud, given }: GoogleCloudOptions,
  names: readonly string[],
  tell: Tell,
): Promise<string> {
  const states = await Promise.all(
    names.map(async (name) => {
      const value = await gcloud.run({ words: ['secrets', 'versions', 'access', 'latest', `--secret=${name}`] });
      if (value !== notGivenYet) return 'given';
      const own = given[name];
      if (own === undefined) return name;
      await gcloud.run({ words: ['secrets', 'versions', 'add', name, '--data-file=-'], input: async () => own });
      tell(`${name} has its value now`);
      return 'given';
    }),
  );
  const open = states.filter((state) => state !== 'given');
  for (const name of open)
    tell(`${name} has no value yet: printf %s "$VALUE" | gcloud secrets versions add ${name} --data-file=-`);
  return `${names.length - open.length} of ${names.length} values that others issue are given`;
}
