import { startEtcd } from '../etcd.ts';
import { startApiServer, startControllerManager, startScheduler } from './control-plane.ts';
import type { Access } from './credentials.ts';
import { givenKubernetes } from './given.ts';
import { startKwok } from './kwok.ts';
import { createNodes, type FakeNode } from './nodes.ts';
import { bindVolumes } from './volumes.ts';

/** What runs beside the API server. Everything else needs the controller manager: it makes nodes and volumes usable. */
export type KubernetesOptions =
  | { readonly controllerManager?: false }
  | {
      /** Deployments get pods, namespaces service accounts, what is deleted goes. */
      readonly controllerManager: true;
      /** Pods get nodes. Default: false. */
      readonly scheduler?: boolean;
      /** Fake nodes, on which pods become Running and Ready without a container. Default: none. */
      readonly kwok?: { readonly nodes: readonly FakeNode[] };
      /** Claims get volumes, as from a storage driver. Default: false. */
      readonly bindVolumes?: boolean;
    };

export interface Kubernetes extends Access {
  /** Reads as YAML; its context is the current one. */
  readonly kubeconfigFile: string;
  /** Ends all its processes and removes their folders. Idempotent. */
  stop(): Promise<void>;
}

/**
 * A real, empty control plane on this machine: etcd, kube-apiserver, and what the options name; or, as it is, the cluster
 * that `TESTBED_KUBERNETES_KUBECONFIG` names, which then must itself offer what the options ask for.
 * Throws NotProvided or ServerNotStarted, after what was started is ended.
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const given = process.env.TESTBED_KUBERNETES_KUBECONFIG;
  if (given) return givenKubernetes(given);

  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T> | T): Promise<T> => {
    const server = await starting;
    stops.push(server.stop);
    return server;
  };
  try {
    const etcd = await started(startEtcd());
    const apiServer = await started(
      startApiServer({ etcdUrl: etcd.url, serviceAccounts: options.controllerManager ?? false }),
    );
    if (options.controllerManager) {
      await all([
        started(startControllerManager(apiServer)),
        options.scheduler && started(startScheduler(apiServer)),
        options.kwok && started(startKwok(apiServer)),
        options.bindVolumes && started(bindVolumes(apiServer)),
      ]);
      if (options.kwok) await createNodes(apiServer, options.kwok.nodes);
    }
    const { url, token, caFile, kubeconfigFile } = apiServer;
    return { url, token, caFile, kubeconfigFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for every one also when one fails, so that none starts after `stop`. */
async function all(starting: readonly unknown[]): Promise<void> {
  const failed = (await Promise.allSettled(starting)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
