/** The dev cluster as the bootstrap leaves it: a control plane, Argo CD, and a repository with dist/dev. Nothing is synced yet. */
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import { clusters } from '../../environments/index.ts';
import { installCrds } from '../../testbed/crds/install.ts';
import { type ArgoCd, startArgoCd } from '../../testbed/servers/argocd/argocd.ts';
import type { Restartable } from '../../testbed/servers/argocd/restartable.ts';
import { type GitRepository, gitRepository } from '../../testbed/servers/git.ts';
import { ApiRefusal, KubernetesClient } from '../../testbed/servers/kubernetes/client.ts';
import { bindVolumes } from '../../testbed/servers/kubernetes/volumes.ts';
import { root, storedObjects } from '../../testing/clusters.ts';
import { startControlPlane } from './control-plane.ts';
import { bringSecrets } from './stand-ins/external-secrets.ts';
import { takeGateways } from './stand-ins/gateway.ts';
import { measurePods, podMetricsCrd } from './stand-ins/metrics.ts';

/** Folder of the cluster below dist/. */
export const folder = 'dev';

/** The Applications of the cluster, in the order in which they come up; the root is the last. */
export const applicationNames: readonly string[] = [
  ...new Set(storedObjects(folder).map(({ application }) => application)),
];

export interface Installed {
  readonly kubeconfigFile: string;
  readonly client: KubernetesClient;
  /** For what the plain client does not do: patches as people make them, and deletions. */
  readonly objects: KubernetesObjectApi;
  readonly argoCd: ArgoCd;
  /** While it is dead, the stand-ins rest. */
  readonly apiServer: Pick<Restartable, 'kill' | 'restart'>;
  readonly repository: GitRepository;
  /** Commits, and tells Argo CD, as the webhook of a git server does. @returns the id of the commit */
  push(change: Parameters<GitRepository['commit']>[0]): Promise<string>;
  /** Undoes commits by others, as `git revert` does, and tells Argo CD. @returns the id of the newest commit */
  revert(...commits: readonly string[]): Promise<string>;
  /** Tells Argo CD to look at git again, as _Refresh_ in its user interface does. */
  refresh(): Promise<void>;
  /** From now on the pods of this workload use twice the CPU that they ask for. */
  overload(workload: string): void;
  stop(): Promise<void>;
}

/** @throws what the servers throw, after what was started is ended */
export async function installDev(): Promise<Installed> {
  const cluster = clusters().find((candidate) => candidate.folder === folder);
  if (!cluster) throw new Error(`there is no cluster ${folder}`);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  try {
    const kubernetes = await startControlPlane(cluster);
    stops.push(kubernetes.stop);
    const { kubeconfigFile } = kubernetes;
    const client = new KubernetesClient(kubernetes);
    stops.push(() => client.close());
    await installCrds(client);
    await client.apply(podMetricsCrd);
    client.forgetKinds();

    const config = new KubeConfig();
    config.loadFromFile(kubeconfigFile);
    const overloaded = new Set<string>();
    const startStandIns = () => [
      bindVolumes({ kubeconfigFile }),
      bringSecrets(config),
      takeGateways(config),
      measurePods(config, overloaded),
    ];
    let standIns = startStandIns();
    const stopStandIns = () => Promise.all(standIns.map((standIn) => standIn.stop()));
    stops.push(async () => void (await stopStandIns()));

    const repository = await gitRepository();
    stops.push(repository.stop);
    const git = gitOf(repository);
    await git('symbolic-ref', 'HEAD', `refs/heads/${cluster.environment.gitops.revision}`);
    await repository.commit((files) => publish(files, cluster.environment.gitops.repository, repository.url));

    const objects = KubernetesObjectApi.makeApiClient(config);
    const argoCd = await startArgoCd({ kubernetes, settings: settings() });
    stops.push(argoCd.stop);
    return {
      kubeconfigFile,
      client,
      objects,
      argoCd,
      apiServer: {
        kill: async () => {
          await stopStandIns();
          await kubernetes.apiServer.kill();
        },
        restart: async () => {
          await kubernetes.apiServer.restart();
          await customKindsServed(client);
          standIns = startStandIns();
        },
      },
      repository,
      push: async (change) => {
        const commit = await repository.commit(change);
        await announce(objects);
        return commit;
      },
      revert: async (...commits) => {
        await git('revert', '--no-edit', ...commits);
        await announce(objects);
        return git('rev-parse', 'HEAD');
      },
      refresh: () => announce(objects),
      overload: (workload) => void overloaded.add(workload),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** dist/dev as it is, but for the address of the repository. */
function publish(files: string, from: string, to: string): void {
  cpSync(join(root, 'dist', folder), join(files, 'dist', folder), { recursive: true });
  const own = join(files, 'dist', folder, 'argocd');
  for (const file of readdirSync(own)) {
    const path = join(own, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to));
  }
}

/** Waits for an API server that has just started: until it has read its CRDs, it answers 429 to what asks for their kinds. */
async function customKindsServed(client: KubernetesClient): Promise<void> {
  const kinds = new Map(storedObjects(folder).map(({ object }) => [`${object.apiVersion} ${object.kind}`, object]));
  for (const { apiVersion, kind } of kinds.values())
    while (!(await client.list(apiVersion, kind).catch(isNotServed))) await sleep(100);
}

/** Also a connection that ended with the server that was killed. */
function isNotServed(error: unknown): false {
  if (error instanceof ApiRefusal && error.status !== 429) throw error;
  return false;
}

/** What Argo CD's own API server does for a webhook: every Application is to look at git now. */
async function announce(objects: KubernetesObjectApi): Promise<void> {
  const annotations = { 'argocd.argoproj.io/refresh': 'normal' };
  for (const name of applicationNames) {
    const metadata = { name, namespace: argoCdNamespace, annotations };
    const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata };
    await objects.patch(application, undefined, undefined, 'webhook', undefined, PatchStrategy.MergePatch);
  }
}

/**
 * What the bootstrap applies before the root: the settings of dist/. Git is looked at rarely, as pushes are announced: on a busy
 * machine, looking is most of what Argo CD would do.
 */
function settings(): Record<string, Record<string, string>> {
  const quick: Record<string, Record<string, string>> = {
    'argocd-cm': { 'timeout.reconciliation': '60s', 'timeout.reconciliation.jitter': '0s' },
    'argocd-cmd-params-cm': { 'controller.sync.wave.delay.seconds': '1' },
  };
  return Object.fromEntries(
    ['argocd-cm', 'argocd-cmd-params-cm'].map((name) => {
      const file = join(root, 'dist', folder, 'argocd', `ConfigMap-${name}.yaml`);
      const { data } = parse(readFileSync(file, 'utf8')) as { data: Record<string, string> };
      return [name, { ...data, ...quick[name] }];
    }),
  );
}

function gitOf({ url, folder: files }: GitRepository) {
  return async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=testbed', '-c', 'user.email=testbed@example.test'];
    const command = [`--git-dir=${fileURLToPath(url)}`, `--work-tree=${files}`, ...identity, ...args];
    return (await promisify(execFile)('git', command, { cwd: files })).stdout.trim();
  };
}
