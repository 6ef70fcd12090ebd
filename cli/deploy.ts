/** `npm run deploy`: an environment, from a project to services that answer. */
import { join } from 'node:path';
import { type Cluster, clusters } from '../environments/index.ts';
import { InvalidInput } from '../environments/problem.ts';
import { type Answered, check, type DeployOptions, deploy } from '../gcp-bootstrap/deploy/deploy.ts';
import { prerequisites } from '../gcp-bootstrap/deploy/prerequisites.ts';
import { failureText } from '../gcp-bootstrap/deploy/stage.ts';
import { Gcloud } from '../gcp-bootstrap/gcloud/gcloud.ts';
import { runCommand, UsageError } from './command.ts';

const usage = `Brings an environment up, by your own gcloud, kubectl, git and docker: Google Cloud, values of secrets, our images, External
Secrets, Argo CD; waits until every application is synced and healthy; then calls SuperAGI, the memory service and each MCP server.
Done again it changes nothing; ended anywhere, it goes on there.

Usage: npm run deploy -- --env ENVIRONMENT [--timeout MINUTES] [--address SERVICE=URL,...] [--json]
       npm run deploy -- --env ENVIRONMENT --check [--commit ID] [--address SERVICE=URL,...] [--json]

  --env ENVIRONMENT       dev, staging or prod
  --timeout MINUTES       how long the applications may take to be synced and healthy (default: 45)
  --check                 the calls alone; nothing is changed but a memory that is kept for a second
  --commit ID             with --check: waits first until the cluster runs this commit, or one after it
  --address SERVICE=URL   calls this address in place of the Service of that name, such as memory=http://127.0.0.1:8080;
                          default: each Service by kubectl port-forward
  --json                  print JSON

Variables: GCP_PROJECT_ID, the project that environments/ names; OPENROUTER_API_KEY.

Exit codes: 0 all services answer; 1 a stage failed; 2 wrong usage; 3 something is missing that is needed, and nothing was changed`;

const services = ['superagi', 'memory', 'mcp-mongodb', 'mcp-weaviate', 'mcp-memory'];
const tell = (line: string) => console.error(line);

await runCommand({
  usage,
  values: ['env', 'timeout', 'commit', 'address'],
  flags: ['check'],
  run: async (words, { json, values, flags }) => {
    if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is not an option`);
    if (values.commit !== undefined && !flags.check) throw new UsageError('--commit goes with --check');
    const own = clustersOf(values.env);
    const options = optionsOf(own, values);
    if (flags.check) return told(await check({ ...options, commit: values.commit }, tell), json);
    tell('Looking whether all is here that is needed');
    const problems = await prerequisites({
      root: options.root,
      gcloud: new Gcloud(options.gcloud),
      environment: environmentOf(own),
      folders: own.map(({ folder }) => folder),
    });
    if (problems.length > 0) {
      console.error(
        json
          ? JSON.stringify({ problems }, null, 2)
          : new InvalidInput('what is needed; nothing was changed', problems).message,
      );
      return 3;
    }
    return told(await deploy(options, tell), json);
  },
});

function clustersOf(name: string | undefined): readonly Cluster[] {
  const all = clusters();
  const names = [...new Set(all.map(({ environment }) => environment.name))];
  const own = all.filter(({ environment }) => environment.name === name);
  if (own.length === 0) throw new UsageError(`--env ${name ?? 'is missing'}: it is one of ${names.join(', ')}`);
  return own;
}

function environmentOf([first]: readonly Cluster[]) {
  if (first === undefined) throw new TypeError('an environment has at least one region');
  return first.environment;
}

function optionsOf(own: readonly Cluster[], values: Readonly<Record<string, string | undefined>>): DeployOptions {
  const { timeout = '45', address = '' } = values;
  if (!/^[1-9]\d{0,3}$/.test(timeout)) throw new UsageError(`--timeout ${timeout}: minutes, from 1 to 9999`);
  const { OPENROUTER_API_KEY: key } = process.env;
  return {
    root: join(import.meta.dirname, '..'),
    clusters: own,
    gcloud: { project: environmentOf(own).googleCloud.projectId },
    given: key ? { 'orchestra-openrouter-api-key': key } : {},
    addresses: addressesOf(address),
    timeout: Number(timeout) * 60_000,
  };
}

/** @throws {UsageError} with every address that is none */
function addressesOf(given: string): Readonly<Record<string, string>> {
  const entries = given
    .split(',')
    .filter(Boolean)
    .map((word) => {
      const [, name = '', url = ''] = /^([^=]*)=(.*)$/.exec(word) ?? [];
      return { word, name, url, isRight: services.includes(name) && /^https?:\/\/[^/]/.test(url) && URL.canParse(url) };
    });
  const wrong = entries.filter(({ isRight }) => !isRight);
  if (wrong.length > 0)
    throw new UsageError(
      wrong.map(({ word }) => `--address ${word}: SERVICE=http://..., with one of ${services.join(', ')}`).join('\n'),
    );
  return Object.fromEntries(entries.map(({ name, url }) => [name, url]));
}

function told({ results, calls, failure }: Answered, json: boolean): number {
  if (json) console.log(JSON.stringify({ stages: results, calls, ...(failure && { failure }) }, null, 2));
  else if (failure) console.error(failureText(failure));
  else
    for (const [folder, answered] of Object.entries(calls))
      console.log([`${folder}:`, ...answered.map(({ service, said }) => `  ${service} ${said}`)].join('\n'));
  return failure ? 1 : 0;
}
