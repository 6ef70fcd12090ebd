/** `npm run bootstrap`: Google Cloud as environments/ says. */
import { type Cluster, clusters } from '../environments/index.ts';
import { KubectlFailed } from '../gcp-bootstrap/argo-cd/kubectl.ts';
import { ProgramFailed } from '../gcp-bootstrap/deploy/program.ts';
import { apply } from '../gcp-bootstrap/engine/apply.ts';
import { departures, destroy } from '../gcp-bootstrap/engine/destroy.ts';
import { CannotRead, isEmpty, type Planned, plan } from '../gcp-bootstrap/engine/plan.ts';
import type { Progress } from '../gcp-bootstrap/engine/progress.ts';
import type { Resource } from '../gcp-bootstrap/engine/resource.ts';
import type { Command } from '../gcp-bootstrap/gcloud/command.ts';
import { GcloudFailed } from '../gcp-bootstrap/gcloud/failure.ts';
import { Gcloud } from '../gcp-bootstrap/gcloud/gcloud.ts';
import { lint, oneOfEach, without } from '../gcp-bootstrap/gcloud/lint.ts';
import { Reader } from '../gcp-bootstrap/gcloud/reader.ts';
import { remainingText, setUpClusters, setUpGitHub } from '../gcp-bootstrap/github/github.ts';
import { workflowIdentities } from '../gcp-bootstrap/github/identities.ts';
import { lookUpRepository, RepositoryUnknown } from '../gcp-bootstrap/github/repository.ts';
import { gitHubCommand } from '../gcp-bootstrap/github/variables.ts';
import { readProject } from '../gcp-bootstrap/project.ts';
import {
  departuresText,
  failureOf,
  failuresOf,
  failureText,
  planJson,
  planText,
  progressLine,
} from '../gcp-bootstrap/report.ts';
import { resourcesOf } from '../gcp-bootstrap/resources.ts';
import { runCommand, UsageError } from './command.ts';

const usage = `Makes what an environment needs in Google Cloud, by your own gcloud: network, cluster, registry, Firestore, secrets, roles.

Usage: npm run bootstrap -- plan --env ENVIRONMENT [--exit-code] [--json]
       npm run bootstrap -- apply --env ENVIRONMENT [--json]
       npm run bootstrap -- destroy --env ENVIRONMENT [--delete-data ENVIRONMENT] [--yes ENVIRONMENT] [--json]
       npm run bootstrap -- status --env ENVIRONMENT [--json]
       npm run bootstrap -- github [plan|apply|destroy] --repo OWNER/NAME [--env ENVIRONMENT] [--yes ENVIRONMENT] [--json]

plan      reads and compares, and changes nothing
apply     does what plan shows; a second time it changes nothing, and after a failure it goes on where it stopped
destroy   shows what would go; goes on with --yes and the environment's name. What holds data stays
status    what is there, what is not, and what differs, in one line each
github    what the workflows of a repository need to come in without a key: by itself apply, of dev

  --repo OWNER/NAME           the repository; GITHUB_TOKEN, where it is not public
  --env ENVIRONMENT           dev, staging or prod
  --exit-code                 exit with 1 where anything differs
  --yes ENVIRONMENT           deletes: the name once more, so that no other environment goes by a slip
  --delete-data ENVIRONMENT   deletes memory, secrets, images and backups too: the name once more
  --json                      print JSON

Variables: OPENROUTER_API_KEY is stored as the secret of that name where there is none yet. GCP_PROJECT_ID, where it is set,
must be the project in environments/.

Exit codes: 0 done; 1 something failed, or differs with --exit-code; 2 wrong usage; 3 Google Cloud could not be read`;

const flags = ['exit-code'] as const;

await runCommand({
  usage,
  values: ['env', 'yes', 'delete-data', 'repo'],
  flags,
  run: async ([command, ...rest], { json, values, flags: on }) => {
    if (command === 'github') return github(rest, { ...values, json });
    if (values.repo !== undefined) throw new UsageError('--repo goes with github');
    if (rest.length > 0 || !['plan', 'apply', 'destroy', 'status'].includes(command ?? ''))
      throw new UsageError(`'${[command, ...rest].join(' ').trim()}' is not a command`);
    const own = clustersOf(values.env);
    const gcloud = new Gcloud({ project: projectOf(own) });
    process.once('SIGINT', () => gcloud.abort());
    try {
      const first = new Reader(gcloud);
      const project = await readProject(first);
      const resources = resourcesOf({ project, clusters: own, given: givenValue, now: Date.now });
      const read = new Reader(gcloud, project.apis);
      if (command === 'destroy') return await destroyAll(gcloud, read, resources, { ...values, json });
      const planned = await plan(resources, read);
      if (command === 'status') return status(planned, json);
      if (command === 'plan') {
        console.log(json ? JSON.stringify(planJson(planned), null, 2) : planText(planned));
        return on['exit-code'] && !isEmpty(planned) ? 1 : 0;
      }
      return await applyAll(gcloud, planned, json);
    } catch (error) {
      if (error instanceof CannotRead)
        return refuse(error.failures.map(({ resource, failure }) => failureOf(resource.id, resource.title, failure)));
      if (error instanceof GcloudFailed) return refuse([failureOf('project', 'the project', error)]);
      throw error;
    }

    function refuse(failures: readonly ReturnType<typeof failureOf>[]): number {
      console.error(json ? JSON.stringify({ failures }, null, 2) : failures.map(failureText).join('\n'));
      return 3;
    }
  },
});

function clustersOf(name: string | undefined): readonly Cluster[] {
  const all = clusters();
  const names = [...new Set(all.map(({ environment }) => environment.name))];
  const own = all.filter(({ environment }) => environment.name === name);
  if (own.length === 0) throw new UsageError(`--env ${name ?? 'is missing'}: it is one of ${names.join(', ')}`);
  return own;
}

function projectOf([first]: readonly Cluster[]): string {
  const id = first?.environment.googleCloud.projectId ?? '';
  const { GCP_PROJECT_ID: given } = process.env;
  if (given && given !== id)
    throw new UsageError(
      `GCP_PROJECT_ID is ${given}, and environments/${first?.environment.name}.ts says ${id}: manifests name the project too, so write it there, and run npm run synth`,
    );
  return id;
}

/** Values that somebody else issues, by their variable. */
function givenValue(name: string): string | undefined {
  return name === 'orchestra-openrouter-api-key' ? process.env.OPENROUTER_API_KEY || undefined : undefined;
}

function tell(progress: Progress): void {
  console.error(progressLine(progress));
}

async function applyAll(gcloud: Gcloud, planned: readonly Planned[], json: boolean): Promise<number> {
  const adapt = await adapted(gcloud, planned);
  if (adapt === undefined) return 1;
  const started = performance.now();
  const outcomes = await apply(gcloud, planned, { tell, adapt });
  const failures = failuresOf(outcomes, titleOf(planned));
  const count = (state: string) => outcomes.filter((outcome) => outcome.state === state).length;
  const summary = {
    done: count('done'),
    failed: count('failed'),
    skipped: count('skipped'),
    unchanged: planned.length - outcomes.length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
  if (json) console.log(JSON.stringify({ ...summary, failures }, null, 2));
  else {
    for (const failure of failures) console.error(failureText(failure));
    console.log(
      `${summary.done} done, ${summary.failed} failed, ${summary.skipped} not begun, ${summary.unchanged} as they should be; ${summary.seconds} s.`,
    );
  }
  return failures.length > 0 ? 1 : 0;
}

/** Nothing is changed before this gcloud was seen to know every command. */
async function adapted(gcloud: Gcloud, planned: readonly Planned[]) {
  const commands = oneOfEach(planned.flatMap((one) => one.commands));
  if (commands.length === 0) return (command: Command) => command;
  const { missing, notices, refusals } = await lint(gcloud, commands);
  for (const notice of notices) console.error(notice);
  for (const { command, said } of refusals)
    console.error(
      failureText({ id: command, step: 'This gcloud cannot do it', command, said, fix: 'gcloud components update' }),
    );
  return refusals.length > 0 ? undefined : (command: Command) => without(command, missing);
}

function titleOf(planned: readonly Pick<Planned, 'resource'>[]) {
  return (id: string) => planned.find(({ resource }) => resource.id === id)?.resource.title ?? id;
}

function status(planned: readonly Planned[], json: boolean): number {
  if (json)
    console.log(
      JSON.stringify(
        planned.map(({ resource, action }) => ({ id: resource.id, action })),
        null,
        2,
      ),
    );
  else
    for (const { resource, action, changes, found } of planned) {
      const state = {
        none: 'ok',
        create: 'missing',
        restore: 'deleted',
        update: 'differs',
        replace: 'differs',
        wait: found?.busy ?? 'busy',
      }[action];
      console.log(`${state.padEnd(12)} ${resource.title}${changes.map(({ field }) => `; ${field}`).join('')}`);
    }
  return 0;
}

interface GitHubValues extends DestroyValues {
  readonly repo?: string | undefined;
}

/** What workflows of a repository need, in Google Cloud, at GitHub, and in the clusters. */
async function github([verb = 'apply', ...rest]: readonly string[], values: GitHubValues): Promise<number> {
  const { repo = '', env = 'dev', json } = values;
  if (rest.length > 0 || !['plan', 'apply', 'destroy'].includes(verb))
    throw new UsageError(`'${[verb, ...rest].join(' ')}': it is one of plan, apply, destroy`);
  if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new UsageError(`--repo ${repo || 'is missing'}: OWNER/NAME`);
  const own = clustersOf(env);
  const gcloud = new Gcloud({ project: projectOf(own) });
  process.once('SIGINT', () => gcloud.abort());
  try {
    const { GITHUB_API_URL: api, GITHUB_TOKEN: token } = process.env;
    const repository = await lookUpRepository(repo, { api, token });
    const project = await readProject(new Reader(gcloud));
    const identities = workflowIdentities(project, own, repository);
    const read = new Reader(gcloud, project.apis);
    if (verb === 'destroy')
      return await destroyAll(gcloud, read, identities.resources, { ...values, env }, `github destroy --repo ${repo}`);
    const planned = await plan(identities.resources, read);
    if (verb === 'plan') console.log(json ? JSON.stringify(planJson(planned), null, 2) : planText(planned));
    else if ((await applyAll(gcloud, planned, json)) !== 0) return 1;
    const remaining = [
      ...(await setUpGitHub(await gitHubCommand(), repository.name, identities, verb === 'apply')),
      ...(verb === 'apply' ? await setUpClusters({ project: gcloud.project }, read, own, identities) : []),
      { why: 'By somebody who administers the billing account', commands: identities.byHand },
    ].filter(({ commands }) => commands.length > 0);
    if (remaining.length > 0) console.error(remainingText(remaining));
    return 0;
  } catch (error) {
    const failed =
      error instanceof CannotRead
        ? error.failures.map(({ resource, failure }) => failureOf(resource.id, resource.title, failure))
        : error instanceof GcloudFailed || error instanceof RepositoryUnknown || isProgramFailure(error)
          ? [failureOf('github', 'the workflows', error)]
          : undefined;
    if (failed === undefined) throw error;
    console.error(json ? JSON.stringify({ failures: failed }, null, 2) : failed.map(failureText).join('\n'));
    return 3;
  }
}

const isProgramFailure = (error: unknown) => error instanceof ProgramFailed || error instanceof KubectlFailed;

interface DestroyValues {
  readonly env?: string | undefined;
  readonly yes?: string | undefined;
  readonly 'delete-data'?: string | undefined;
  readonly json: boolean;
}

async function destroyAll(
  gcloud: Gcloud,
  read: Reader,
  resources: readonly Resource[],
  values: DestroyValues,
  command = 'destroy',
) {
  const { env, yes, 'delete-data': deleteData, json } = values;
  for (const [option, given] of Object.entries({ '--yes': yes, '--delete-data': deleteData }))
    if (given !== undefined && given !== env) throw new UsageError(`${option} ${given}, but --env ${env}: which one?`);
  const all = await departures(resources, read, deleteData !== undefined);
  if (yes === undefined) {
    console.log(json ? JSON.stringify(departuresJson(all), null, 2) : departuresText(all));
    if (!json)
      console.log(`Nothing was deleted. To delete it: npm run bootstrap -- ${command} --env ${env} --yes ${env}`);
    return 0;
  }
  const outcomes = await destroy(gcloud, all, { tell });
  const failures = failuresOf(outcomes, titleOf(all));
  const project = await readProject(new Reader(gcloud));
  const left = await departures(resources, new Reader(gcloud, project.apis), deleteData !== undefined);
  const unexpected = left.filter(({ kept }) => kept === undefined);
  if (json) console.log(JSON.stringify({ failures, left: departuresJson(left) }, null, 2));
  else {
    for (const failure of failures) console.error(failureText(failure));
    console.log(
      left.length === 0
        ? 'Nothing is left.'
        : ['Left:', ...left.map(({ resource, kept }) => `  ${resource.title}: ${kept ?? 'NOT DELETED'}`)].join('\n'),
    );
  }
  return failures.length + unexpected.length > 0 ? 1 : 0;
}

function departuresJson(all: Awaited<ReturnType<typeof departures>>) {
  return all.map(({ resource, kept }) => ({ id: resource.id, title: resource.title, ...(kept && { kept }) }));
}
