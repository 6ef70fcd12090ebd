import { freePort } from '../../process/port.ts';
import { createServerFolder } from '../../process/server.ts';
import { removeFolder } from '../../process/supervisor.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { startRedis } from '../redis.ts';
import { startController, startRepoServer } from './components.ts';
import { install, type Settings } from './installation.ts';
import { type Restartable, restartable } from './restartable.ts';

export interface ArgoCdOptions {
  /** Where it is installed and what it syncs to, as `https://kubernetes.default.svc`. */
  readonly kubernetes: Pick<Kubernetes, 'url' | 'token' | 'caFile' | 'kubeconfigFile'>;
  /** Default: `argocd`. */
  readonly namespace?: string;
  /**
   * Added to the data of Argo CD's ConfigMaps, with the same effect as in a cluster: `argocd-cm` with health checks in
   * Lua, `argocd-cmd-params-cm`, `argocd-rbac-cm`. Default: a repository is looked at every 5 s.
   */
  readonly settings?: Settings;
}

export interface ArgoCd {
  readonly namespace: string;
  /** Compares, syncs and heals. */
  readonly controller: Restartable;
  /** Fetches repositories. Its clones outlive a restart, as a container's restart leaves its pod's volumes. */
  readonly repoServer: Restartable;
  /** Caches. Restarted, it is empty. */
  readonly redis: Restartable;
  /** Ends its processes and removes their folders; what it has put into the cluster stays. Idempotent. */
  stop(): Promise<void>;
}

/**
 * A real Argo CD beside a cluster: application controller, repo-server and Redis as processes of this machine, its CRDs and
 * settings in the cluster. Repositories may be `file://` URLs. It has no API server and no user interface: Applications
 * are objects that tests write.
 * Throws NotProvided, ServerNotStarted, UnknownSettings or ApiRefusal, after what was started is ended.
 */
export async function startArgoCd(options: ArgoCdOptions): Promise<ArgoCd> {
  const { kubernetes, namespace = 'argocd', settings = {} } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  const started = async (start: Parameters<typeof restartable>[0]): Promise<Restartable> => {
    const server = await restartable(start);
    stops.push(server.kill);
    return server;
  };
  try {
    const client = new KubernetesClient(kubernetes);
    const installation = await install(client, namespace, settings).finally(() => client.close());
    const [redisPort, repoServerPort] = [await freePort(), await freePort()];
    const redis = await started(() => startRedis({ port: redisPort, password: installation.redisPassword }));

    const volume = async (name: string) => {
      const folder = await createServerFolder(`${name}-volume`);
      stops.push(() => removeFolder(folder));
      return folder;
    };
    const component = async (name: string) => ({
      redis: `127.0.0.1:${redisPort}`,
      settings: installation.environmentOf(name),
      volume: await volume(name),
    });
    const ofRepoServer = await component('argocd-repo-server');
    const ofController = await component('argocd-application-controller');
    const repoServer = await started(() => startRepoServer(repoServerPort, ofRepoServer));
    const { kubeconfigFile } = kubernetes;
    const controller = await started(() =>
      startController({ ...ofController, kubeconfigFile, namespace, repoServer: `127.0.0.1:${repoServerPort}` }),
    );
    return { namespace, controller, repoServer, redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
