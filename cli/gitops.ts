/** `npm run gitops`: what Argo CD makes of dist/. */
import { join } from 'node:path';
import { ClusterUnreachable, clusterAccess, UnknownContext } from '../argocd/status/cluster.ts';
import { branchTip, commitsSince } from '../argocd/status/revision.ts';
import { applicationStatuses, followedClusters, isWell } from '../argocd/status/status.ts';
import { applicationWaves } from '../charts/lib/application.ts';
import { clusterName } from '../charts/lib/cluster-identity.ts';
import { type Cluster, clusters } from '../environments/index.ts';
import { systemNamed } from './cluster.ts';
import { runCommand, UsageError } from './command.ts';
import { table } from './table.ts';

const usage = `Says of each application of a cluster whether it is as git says, whether it is healthy, and if not, why.

Usage: npm run gitops -- status --env ENVIRONMENT [--context NAME] [--json]

  --env ENVIRONMENT   dev, staging or prod; the folder below dist/ where it has more clusters than one
  --context NAME      context of the kubeconfig (default: the current one)
  --json              print JSON

It reads Applications in the namespace argocd, and changes nothing.

Exit codes: 0 all Synced and Healthy, 1 not, 2 wrong usage, 3 the cluster cannot be reached`;

/** Folder of the repository. */
const root = join(import.meta.dirname, '..');
/** Of a message in the table; JSON has all of it. */
const longest = 100;

const login = (cluster: Cluster) =>
  `gcloud container clusters get-credentials ${clusterName(cluster)} --location ${cluster.region.location} --project ${cluster.environment.googleCloud.projectId}`;

await runCommand({
  usage,
  values: ['env', 'context'],
  run: async ([command, ...rest], { json, values }) => {
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
    const rows = applications.map(({ application, sync, health, revision, behind, why }) => [
      application,
      sync,
      health,
      [revision?.slice(0, 8), behind && `${behind} behind`].filter(Boolean).join(', '),
      why.map(oneLine).join('\n'),
    ]);
    const git = tip
      ? `${tip.ref} of this checkout is at ${tip.commit.slice(0, 8)}`
      : 'this checkout has no such branch';
    console.log(
      [
        table(['application', 'sync', 'health', 'revision', 'why'], rows),
        `${well} of ${applications.length} are synced and healthy. ${folder} follows ${branch}; ${git}.`,
      ].join('\n'),
    );
  }
  return well === applications.length ? 0 : 1;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
