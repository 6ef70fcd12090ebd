/** The processes of Argo CD. Each function starts one, on its port, and returns when it does its work. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk } from '../../process/answers.ts';
import { freePort } from '../../process/port.ts';
import { createServerFolder, type Server, startServer } from '../../process/server.ts';
import { provide } from '../../provide/provide.ts';
import { argocd } from './programs.ts';

export interface ComponentOptions {
  /** `127.0.0.1:<port>` */
  readonly redis: string;
  /** Variables that the installation's settings give it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Outlives the process, as the volumes of a pod outlive its containers. */
  readonly volume: string;
}

/** What containers have as paths of their image, in the volume; and nothing of the user's own configuration. */
function environment(component: string, { settings, volume }: ComponentOptions): Record<string, string> {
  const folder = (name: string) => {
    const path = join(volume, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  return {
    ...settings,
    ARGOCD_BINARY_NAME: component,
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_GNUPGHOME: folder('gpg'),
    ARGOCD_TLS_DATA_PATH: folder('tls'),
    ARGOCD_SSH_DATA_PATH: folder('ssh'),
    ARGOCD_PLUGINSOCKFILEPATH: folder('plugins'),
    ARGOCD_ASK_PASS_SOCK: join(volume, 'ask-pass.sock'),
    HOME: folder('home'),
    KUBECACHEDIR: folder('kubecache'),
    TMPDIR: folder('tmp'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

/** Starts the repo-server, which fetches repositories and reads manifests out of them. */
export async function startRepoServer(port: number, options: ComponentOptions): Promise<Server> {
  const { path: command } = await provide(argocd);
  const folder = await createServerFolder('argocd-repo-server');
  const metricsPort = await freePort();
  return startServer({
    name: 'argocd-repo-server',
    command,
    args: [
      ...['--address', '127.0.0.1', '--port', String(port)],
      ...['--metrics-address', '127.0.0.1', '--metrics-port', String(metricsPort)],
      ...['--redis', options.redis, '--disable-tls'],
    ],
    env: environment('argocd-repo-server', options),
    folder,
    // `full` asks it by its gRPC port.
    ready: () => answersOk(`http://127.0.0.1:${metricsPort}/healthz?full=true`),
  });
}

export interface ControllerOptions extends ComponentOptions {
  readonly kubeconfigFile: string;
  readonly namespace: string;
  /** `127.0.0.1:<port>` */
  readonly repoServer: string;
}

/** Starts the application controller, which compares, syncs and heals. It reaches the cluster as `in-cluster`. */
export async function startController(options: ControllerOptions): Promise<Server> {
  const { kubeconfigFile, namespace, repoServer, redis } = options;
  const { path: command } = await provide(argocd);
  const folder = await createServerFolder('argocd-application-controller');
  const metricsPort = await freePort();
  return startServer({
    name: 'argocd-application-controller',
    command,
    args: [
      ...['--kubeconfig', kubeconfigFile, '--namespace', namespace],
      ...['--redis', redis, '--repo-server', repoServer, '--repo-server-plaintext'],
      // On all addresses: Argo CD has no setting for this one.
      ...['--metrics-port', String(metricsPort)],
    ],
    env: {
      ...environment('argocd-application-controller', options),
      // For the destination https://kubernetes.default.svc, which it reads from here and not from its flag.
      ARGOCD_FAKE_IN_CLUSTER: 'true',
      KUBECONFIG: kubeconfigFile,
    },
    folder,
    ready: () => answersOk(`http://127.0.0.1:${metricsPort}/healthz`),
  });
}
