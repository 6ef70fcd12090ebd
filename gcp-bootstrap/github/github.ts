/** `npm run bootstrap -- github`: beside Google Cloud, what is to be so at GitHub and in the clusters. */
import { clusterName } from '../../charts/lib/cluster-identity.ts';
import type { Cluster } from '../../environments/index.ts';
import { logIn } from '../deploy/cluster.ts';
import type { GcloudOptions } from '../gcloud/gcloud.ts';
import type { Reader } from '../gcloud/reader.ts';
import { findCluster } from '../steps/cluster.ts';
import { giveClusterAccess } from './cluster-access.ts';
import type { WorkflowIdentities } from './identities.ts';
import { type GitHubCommand, missingSettings, settingCommands } from './variables.ts';

/** What is still to be done, and by what; empty where all is as it should be. */
export type Remaining = readonly { readonly why: string; readonly commands: readonly string[] }[];

const typed = (words: readonly string[]) => ['gh', ...words].join(' ');

/** Sets what differs at GitHub. Without `gh`, all of it is left to a person. @throws {ProgramFailed} */
export async function setUpGitHub(
  gh: GitHubCommand | undefined,
  repository: string,
  identities: WorkflowIdentities,
  change: boolean,
): Promise<Remaining> {
  if (gh === undefined) {
    const commands = settingCommands(repository, identities).map(typed);
    return [{ why: 'gh is not here, or not logged in: at GitHub, make sure of', commands }];
  }
  const missing = await missingSettings(gh, repository, identities);
  const commands = settingCommands(repository, missing);
  if (!change) return commands.length > 0 ? [{ why: 'would be set at GitHub', commands: commands.map(typed) }] : [];
  for (const words of commands) await gh(...words);
  return [];
}

/** Gives the workflow `integration` what it needs in each cluster that is there. @throws {GcloudFailed} {KubectlFailed} */
export async function setUpClusters(
  options: GcloudOptions,
  read: Reader,
  clusters: readonly Cluster[],
  { environments, integrationUser }: WorkflowIdentities,
): Promise<Remaining> {
  const own = clusters.filter(({ environment }) => environments.includes(`${environment.name}-integration`));
  const remaining: { why: string; commands: string[] }[] = [];
  for (const cluster of own) {
    const name = clusterName(cluster);
    const again = (why: string) => {
      const { environment } = cluster;
      const deploy = `npm run deploy -- --env ${environment.name}`;
      remaining.push({ why: `${name} ${why}: deploy first, and then run this again`, commands: [deploy] });
    };
    const isThere =
      read.isEnabled('container.googleapis.com') && (await findCluster(read, name, cluster.region.location));
    if (!isThere) {
      again('is not there yet');
      continue;
    }
    const { kubectl, close } = await logIn(options, cluster);
    try {
      if (!(await giveClusterAccess(kubectl, integrationUser))) again('has not synced yet');
    } finally {
      close();
    }
  }
  return remaining;
}

export const remainingText = (remaining: Remaining): string =>
  remaining.flatMap(({ why, commands }) => [`${why}:`, ...commands.map((command) => `  ${command}`)]).join('\n');
