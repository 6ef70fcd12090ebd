/** `npm run gitops`: what Argo CD makes of dist/. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ClusterUnreachable, clusterAccess, UnknownContext } from '../argocd/status/cluster.ts';
import { branchTip, commitsSince } from '../argocd/status/revision.ts';
import { applicationStatuses, followedClusters, isWell, type Operation } from '../argocd/status/status.ts';
import { timeLineFile } from '../argocd/time-line/file.ts';
import { timeLinePicture } from '../argocd/time-line/picture.ts';
import { parseTimeLine, timeTable } from '../argocd/time-line/time-line.ts';
import { applicationWaves } from '../charts/lib/application.ts';
import { clusterName } from '../charts/lib/cluster-identity.ts';
import { type Cluster, clusters } from '../environments/index.ts';
import { systemNamed } from './cluster.ts';
import { runCommand, UsageError } from './command.ts';
import { table } from './table.ts';

/** Folder of the repository. */
const root = join(import.meta.dirname, '..');
const pictureFile = 'docs/gitops-timeline.svg';

const usage = `Says of each application of a cluster whether it is as git says, whether it is healthy, and if not, why.

Usage: npm run gitops -- status --env ENVIRONMENT [--context NAME] [--json]
       npm run gitops -- timeline [--svg FILE] [--json]

status reads Applications in the namespace argocd, and changes nothing.
  --env ENVIRONMENT   dev, staging or prod; the folder below dist/ where it has more clusters than one
  --context NAME      context of the kubeconfig (default: the current one)

timeline shows what became ready when, as a test last brought an empty cluster up, and draws the picture.
  --svg FILE          where to (default: ${pictureFile})

  --json              print JSON

Exit codes: 0 all Synced and Healthy, 1 not, or there was no such test, 2 wrong usage, 3 the cluster cannot be reached`;

/** What the table shows of a message, and how many messages of an application; JSON has all of them. */
const widest = 90;
const mostLines = 6;
const mostReasons = 5;

const login = (cluster: Cluster) =>
  `gcloud container clusters get-credentials ${clusterName(cluster)} --location ${cluster.region.location} --project ${cluster.environment.googleCloud.projectId}`;

await runCommand({
  usage,
  values: ['env', 'context', 'svg'],
  run: async ([command, ...rest], { json, values }) => {
    if (command === 'timeline' && rest.length === 0) return timeLine(values.svg ?? join(root, pictureFile), json);
    if (command !== 'status' || rest.length > 0)
      throw new UsageError(`'${[command, ...rest].join(' ').trim()}' is not a command`);
    const cluster = clusterOf(values.env);
    try {
      return await status(cluster, values.context, json);
    } catch (error) {
      if (error instanceof UnknownContext) throw new UsageError(error.message);
      if (!(error instanceof ClusterUnreachable)) throw error;
      console.error(
        json
          ? JSON.stringify({ unreachable: error.message }, null, 2)
          : `The cluster cannot be reached: ${error.message}\nA login: ${login(cluster)}`,
      );
      return 3;
    }
  },
});

/** The cluster that an environment, or a folder below dist/, names. */
function clusterOf(name: string | undefined): Cluster {
  if (name === undefined) throw new UsageError('--env says which environment');
  const found = clusters().filter(({ folder, environment }) => folder === name || environment.name === name);
  const [first, second] = found;
  if (!first) throw new UsageError(`${name} is not an environment`);
  if (second) throw new UsageError(`${name} has ${found.map(({ folder }) => folder).join(', ')}: name one of them`);
  return first;
}

async function status({ folder }: Cluster, context: string | undefined, json: boolean): Promise<number> {
  const system = systemNamed(folder);
  const access = clusterAccess(context);
  const live = await access.applications();
  const followed = followedClusters(live).filter((other) => other !== folder);
  if (followed.length > 0)
    throw new UsageError(`context ${access.context} is ${followed.join(', ')}, not ${folder}: --context says which`);
  const { revision: branch } = system.environment.gitops;
  const tip = branchTip(root, branch);
  const expected = system.applications
    .map(({ application }) => application)
    .sort((a, b) => applicationWaves[a] - applicationWaves[b]);
  const applications = applicationStatuses(
    expected,
    live,
    (application, commit) => tip && commitsSince(root, commit, tip, `dist/${folder}/${application}`),
  );
  const well = applications.filter(isWell).length;
  if (json) {
    const follows = { branch, ...tip };
    console.log(JSON.stringify({ cluster: folder, context: access.context, follows, applications }, null, 2));
  } else {
    const rows = applications.map(({ application, sync, health, running, behind, operation, why }) => [
      application,
      sync,
      health,
      [running?.slice(0, 8), behind && `${behind} behind`].filter(Boolean).join(', '),
      operation ? lastSync(operation) : '',
      [
        ...why.slice(0, mostReasons).map(wrapped),
        ...(why.length > mostReasons ? [`and ${why.length - mostReasons} more`] : []),
      ].join('\n'),
    ]);
    const git = tip
      ? `${tip.ref} of this checkout is at ${tip.commit.slice(0, 8)}`
      : 'this checkout has no such branch';
    console.log(
      [
        table(['application', 'sync', 'health', 'running', 'last sync', 'why'], rows),
        `${well} of ${applications.length} are synced and healthy. ${folder} follows ${branch}; ${git}.`,
      ].join('\n'),
    );
  }
  return well === applications.length ? 0 : 1;
}

function timeLine(svg: string, json: boolean): number {
  if (!existsSync(timeLineFile)) {
    console.error('No cluster has come up in a test yet: npx vitest run --project servers argocd/e2e');
    return 1;
  }
  const recorded = parseTimeLine(readFileSync(timeLineFile, 'utf8'));
  writeFileSync(svg, timeLinePicture(recorded));
  if (json) console.log(JSON.stringify(recorded, null, 2));
  else {
    const { head, rows } = timeTable(recorded);
    console.log(`${table(head, rows)}\nThe picture is in ${relative(process.cwd(), svg)}.`);
  }
  return 0;
}

function lastSync({ phase, startedAt, finishedAt, retries }: Operation): string {
  // To the second: such as 2026-11-22 22:14:03Z.
  const at = (finishedAt ?? startedAt).replace('T', ' ');
  return [`${phase} ${at}`, retries > 0 && `retry ${retries}`].filter(Boolean).join(', ');
}

/** Breaks a message between words; what the API server says stands at its end. */
function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line && line.length + word.length >= widest) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.length > mostLines ? [...lines.slice(0, mostLines - 1), '  …'].join('\n') : lines.join('\n');
}
