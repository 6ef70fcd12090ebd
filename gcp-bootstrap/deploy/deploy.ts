/** The whole way of one environment, from a project to services that answer, as stages; and its end alone, as a check. */
import { join } from 'node:path';
import { buildSystem } from '../../charts/index.ts';
import { applicationWaves } from '../../charts/lib/application.ts';
import { secretUses } from '../../charts/lib/external-secrets.ts';
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import type { Cluster } from '../../environments/index.ts';
import { handOver } from '../argo-cd/hand-over.ts';
import type { Kubectl } from '../argo-cd/kubectl.ts';
import { argoCdManifest, argoCdRelease } from '../argo-cd/release.ts';
import { Gcloud, type GcloudOptions } from '../gcloud/gcloud.ts';
import { refresh, waitForApplications } from './applications.ts';
import { type CallResult, callsOf, makeCalls } from './calls.ts';
import { type ClusterLogin, logIn } from './cluster.ts';
import { installExternalSecrets } from './external-secrets.ts';
import { followedBranch, gitSays } from './git.ts';
import { applyGoogleCloud, type Given, giveSecrets } from './google-cloud.ts';
import { buildImages } from './images.ts';
import { portForward, withAddresses } from './reach.ts';
import { type Deployed, runStages, type Stage, StageFailed, type Tell } from './stage.ts';

export interface DeployOptions {
  /** Folder of the repository. */
  readonly root: string;
  /** All clusters of one environment; at least one. */
  readonly clusters: readonly Cluster[];
  readonly gcloud: GcloudOptions;
  /** Values that somebody else issues, by their names in Secret Manager. */
  readonly given: Given;
  /** Where services answer that kubectl is not to reach, by the name of the Service. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Milliseconds until every application has to be synced and healthy. */
  readonly timeout: number;
  /** Milliseconds between two looks at what is under way. @default 5,000 */
  readonly interval?: number;
}

export interface CheckOptions extends DeployOptions {
  /** Commit of the branch that Argo CD follows, which has to run before anything is called. @default what runs is called */
  readonly commit?: string | undefined;
}

export interface Answered extends Deployed {
  /** What was called in each cluster, by its folder below dist/. */
  readonly calls: Readonly<Record<string, readonly CallResult[]>>;
}

/** Done again, it changes nothing; ended anywhere, it goes on there. The prerequisites are looked at before. */
export function deploy(options: DeployOptions, tell: Tell): Promise<Answered> {
  const { root, clusters, given, interval } = options;
  const { environment } = firstOf(clusters);
  const gcloud = new Gcloud(options.gcloud);
  const cloud = { gcloud, clusters, given, ...(interval !== undefined && { interval }) };
  const variables = options.gcloud.environment;
  const images = { root, gcloud, environment, ...(variables && { variables }) };
  return withClusters(options, tell, (at) => [
    { name: 'Google Cloud', run: (told) => applyGoogleCloud(cloud, told) },
    { name: 'secrets', run: (told) => giveSecrets(cloud, providedSecrets(clusters), told) },
    { name: 'images', run: (told) => buildImages(images, told) },
    ...at('External Secrets', ({ kubectl }, _, told) => installExternalSecrets(kubectl, {}, told)),
    ...at('Argo CD', ({ kubectl }, { folder }, told) => installArgoCd(kubectl, join(root, 'dist', folder), told)),
    ...at('applications', async ({ kubectl }, cluster, told) => {
      const { tip } = await followedBranch(root, environment);
      await refresh(kubectl);
      return waitForApplications(waiting(options, kubectl, cluster, tip), told);
    }),
  ]);
}

/** The calls alone; with a commit, when it runs. */
export function check(options: CheckOptions, tell: Tell): Promise<Answered> {
  const { commit } = options;
  return withClusters(options, tell, (at) =>
    commit === undefined
      ? []
      : at('applications', ({ kubectl }, cluster, told) =>
          waitForApplications(waiting(options, kubectl, cluster, commit), told),
        ),
  );
}

/** A stage in every cluster: its name, and what it does in one. */
type InEach = (name: string, run: (login: ClusterLogin, cluster: Cluster, tell: Tell) => Promise<string>) => Stage[];

/** Runs stages, and the calls at their end; each cluster is logged in to once, when a stage first needs it. */
async function withClusters(options: DeployOptions, tell: Tell, stages: (at: InEach) => Stage[]): Promise<Answered> {
  const { clusters, gcloud, addresses } = options;
  const logins = new Map<string, Promise<ClusterLogin>>();
  const loginOf = (cluster: Cluster) => {
    const known = logins.get(cluster.folder) ?? logIn(gcloud, cluster);
    logins.set(cluster.folder, known);
    return known;
  };
  const at: InEach = (name, run) =>
    clusters.map((cluster) => ({
      name: clusters.length > 1 ? `${name} in ${cluster.folder}` : name,
      run: async (told) => run(await loginOf(cluster), cluster, told),
    }));
  const calls: Record<string, readonly CallResult[]> = {};
  const callStages = at('calls', async ({ kubectl, environment }, { folder, environment: { superagi } }, told) => {
    const reach = withAddresses(addresses, portForward(environment));
    const results = await makeCalls({ calls: callsOf(superagi.mode), kubectl, reach }, told);
    calls[folder] = results;
    const failed = results.filter(({ ok }) => !ok);
    if (failed.length > 0)
      throw new StageFailed(
        failed.map(({ service, said }) => `${service}: ${said}`).join('\n'),
        `kubectl -n superagi logs deployment/${failed[0]?.service} says more; then npm run deploy -- --env ${firstOf(clusters).environment.name} --check`,
      );
    return `all ${results.length} services answer`;
  });
  try {
    return { ...(await runStages([...stages(at), ...callStages], tell)), calls };
  } finally {
    for (const login of logins.values())
      await login.then(
        ({ close }) => close(),
        () => {},
      );
  }
}

async function installArgoCd(kubectl: Kubectl, folder: string, tell: Tell): Promise<string> {
  await handOver({ kubectl, manifest: await argoCdManifest(), folder, tell });
  for (const workload of ['deployment/argocd-repo-server', 'statefulset/argocd-application-controller'])
    await kubectl(['rollout', 'status', workload, '-n', argoCdNamespace, '--timeout=600s']);
  return `Argo CD ${argoCdRelease.version} runs, and has the root`;
}

/** Waiting for a cluster's applications: for the commit, or one that came after it. */
function waiting(options: DeployOptions, kubectl: Kubectl, cluster: Cluster, commit: string) {
  const { root, timeout, interval } = options;
  const expected = buildSystem(cluster)
    .applications.map(({ application }) => application)
    .sort((a, b) => applicationWaves[a] - applicationWaves[b]);
  return {
    kubectl,
    folder: cluster.folder,
    expected,
    timeout,
    ...(interval !== undefined && { interval }),
    has: async (running: string) => running === commit || gitSays(root, 'merge-base', '--is-ancestor', commit, running),
  };
}

/** Names in Secret Manager of what a person has to give. */
function providedSecrets(clusters: readonly Cluster[]): readonly string[] {
  const names = clusters.flatMap((cluster) =>
    secretUses(buildSystem(cluster)).flatMap(({ secret, key }) => {
      const origin = secret.keys[key]?.origin;
      return origin && 'provided' in origin ? [secret.remoteName(key)] : [];
    }),
  );
  return [...new Set(names)];
}

function firstOf([first]: readonly Cluster[]): Cluster {
  if (first === undefined) throw new TypeError('an environment has at least one region');
  return first;
}
