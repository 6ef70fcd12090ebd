/** The control plane and the nodes of a cluster, its API server one that can be killed and started again. */
import type { Cluster } from '../../environments/index.ts';
import type { Restartable } from '../../testbed/servers/argocd/restartable.ts';
import { startEtcd } from '../../testbed/servers/etcd.ts';
import {
  startApiServer,
  startControllerManager,
  startScheduler,
} from '../../testbed/servers/kubernetes/control-plane.ts';
import type { Access } from '../../testbed/servers/kubernetes/credentials.ts';
import { startKwok } from '../../testbed/servers/kubernetes/kwok.ts';
import { createNodes } from '../../testbed/servers/kubernetes/nodes.ts';
import { nodesOf } from '../../testing/nodes.ts';
import { restartableApiServer } from './api-server.ts';

export interface ControlPlane extends Access {
  readonly kubeconfigFile: string;
  readonly apiServer: Restartable;
  /** Ends all its processes. Idempotent. */
  stop(): Promise<void>;
}

/** @throws NotProvided or ServerNotStarted, after what was started is ended */
export async function startControlPlane(cluster: Cluster): Promise<ControlPlane> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let last = stops.pop(); last; last = stops.pop()) await last();
  };
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    stops.push(() => server.stop());
    return server;
  };
  try {
    const { url: etcdUrl } = await started(startEtcd());
    const server = await started(startApiServer({ etcdUrl, serviceAccounts: true }));
    const apiServer = await restartableApiServer(server);
    stops.push(apiServer.kill);
    await started(startControllerManager(server));
    await started(startScheduler(server));
    await started(startKwok(server));
    await createNodes(server, nodesOf(cluster));
    const { url, token, caFile, kubeconfigFile } = server;
    return { url, token, caFile, kubeconfigFile, apiServer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
