/** The processes of a control plane. Each function starts one and returns when it does its work. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { answersOk } from '../../process/answers.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, type Server, startServer } from '../../process/server.ts';
import { provide } from '../../provide/provide.ts';
import { type Access, kubeconfig, writeServiceAccountKeys, writeTokenFile } from './credentials.ts';
import { kubeApiserver, kubeControllerManager, kubeScheduler } from './programs.ts';

export interface ApiServer extends Server, Access {
  readonly kubeconfigFile: string;
  /** Signs service account tokens. */
  readonly serviceAccountKey: string;
}

export interface ApiServerOptions {
  readonly etcdUrl: string;
  /** Whether something creates each namespace's service accounts; without it, pods are admitted that name none. */
  readonly serviceAccounts: boolean;
}

/** Starts kube-apiserver with RBAC and its default admission plugins, Pod Security among them. */
export async function startApiServer({ etcdUrl, serviceAccounts }: ApiServerOptions): Promise<ApiServer> {
  const { path: command } = await provide(kubeApiserver);
  const folder = await createServerFolder('kube-apiserver');
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const keys = await writeServiceAccountKeys(folder);
  const tokenFile = join(folder, 'tokens.csv');
  const token = writeTokenFile(tokenFile);
  const server = await startServer({
    name: 'kube-apiserver',
    command,
    args: [
      `--etcd-servers=${etcdUrl}`,
      // Clusters may share an etcd that the user names.
      `--etcd-prefix=/testbed-${randomBytes(6).toString('hex')}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      // It would publish the loopback address as the endpoint of the service `kubernetes`, which validation refuses.
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
      '--service-cluster-ip-range=10.0.0.0/16',
      `--token-auth-file=${tokenFile}`,
      '--authorization-mode=RBAC',
      `--service-account-key-file=${keys.publicKey}`,
      `--service-account-signing-key-file=${keys.privateKey}`,
      // Its own address, so that a verifier of tokens can read the issuer's keys there.
      `--service-account-issuer=${url}`,
      // As on GKE: what is privileged is Pod Security's to refuse.
      '--allow-privileged=true',
      ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ],
    folder,
    ready: () => answersOk(`${url}/readyz`),
  });
  // Self-signed by the server, with the authority's certificate behind its own.
  const access = { url, token, caFile: join(folder, 'apiserver.crt') };
  const kubeconfigFile = join(folder, 'kubeconfig.yaml');
  writeFileSync(kubeconfigFile, kubeconfig(access), { mode: 0o600 });
  return { ...server, ...access, kubeconfigFile, serviceAccountKey: keys.privateKey };
}

/** Starts kube-controller-manager, and waits until it has made the first service account. */
export async function startControllerManager(apiServer: ApiServer): Promise<Server> {
  const { path: command } = await provide(kubeControllerManager);
  const folder = await createServerFolder('kube-controller-manager');
  const config = new KubeConfig();
  config.loadFromFile(apiServer.kubeconfigFile);
  const core = config.makeApiClient(CoreV1Api);
  return startServer({
    name: 'kube-controller-manager',
    command,
    args: [
      `--kubeconfig=${apiServer.kubeconfigFile}`,
      '--leader-elect=false',
      '--secure-port=0',
      `--service-account-private-key-file=${apiServer.serviceAccountKey}`,
      `--root-ca-file=${apiServer.caFile}`,
      // It attaches volumes by a storage driver's help, and there is none.
      '--controllers=*,-persistentvolume-attach-detach-controller',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
    folder,
    ready: async () => {
      await core.readNamespacedServiceAccount({ namespace: 'default', name: 'default' });
      await core.readNamespacedConfigMap({ namespace: 'default', name: 'kube-root-ca.crt' });
      return true;
    },
  });
}

/** Starts kube-scheduler with its default profile. */
export async function startScheduler({ kubeconfigFile }: ApiServer): Promise<Server> {
  const { path: command } = await provide(kubeScheduler);
  const folder = await createServerFolder('kube-scheduler');
  const port = await freePort();
  return startServer({
    name: 'kube-scheduler',
    command,
    args: [
      `--kubeconfig=${kubeconfigFile}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${folder}`,
    ],
    folder,
    ready: () => answersOk(`https://127.0.0.1:${port}/readyz`),
  });
}
