/** The way to a cluster: a kubeconfig of its own, so that the user's stays as it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterName } from '../../charts/lib/cluster-identity.ts';
import type { Cluster } from '../../environments/index.ts';
import { type Kubectl, kubectlOn } from '../argo-cd/kubectl.ts';
import { Gcloud, type GcloudOptions } from '../gcloud/gcloud.ts';

export interface ClusterLogin {
  readonly kubectl: Kubectl;
  /** The variables that kubectl runs with. */
  readonly environment: NodeJS.ProcessEnv;
  /** Removes the kubeconfig. Idempotent. */
  close(): void;
}

/** Asks gcloud for the way in, as the person that gcloud is logged in as. @throws {GcloudFailed} */
export async function logIn(
  { environment: own = process.env, ...options }: GcloudOptions,
  cluster: Cluster,
): Promise<ClusterLogin> {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  const kubeconfig = join(folder, 'config');
  const environment = { ...own, KUBECONFIG: kubeconfig, USE_GKE_GCLOUD_AUTH_PLUGIN: 'True' };
  try {
    const { location } = cluster.region;
    const words = ['container', 'clusters', 'get-credentials', clusterName(cluster), `--location=${location}`];
    // Its own gcloud, as the file that it writes is named by a variable.
    await new Gcloud({ ...options, environment }).run({ words });
    return { kubectl: kubectlOn(kubeconfig, environment), environment, close };
  } catch (error) {
    close();
    throw error;
  }
}
