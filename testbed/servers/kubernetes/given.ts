import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { createServerFolder } from '../../process/server.ts';
import { removeFolder } from '../../process/supervisor.ts';
import { kubeconfig } from './credentials.ts';
import type { Kubernetes } from './kubernetes.ts';

/**
 * The cluster of a kubeconfig's current context. `stop` leaves it as it is.
 * Throws when the context has no certificate authority or its user no token: tests hand both to the programs they start.
 */
export async function givenKubernetes(file: string): Promise<Kubernetes> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  const token = config.getCurrentUser()?.token;
  const ca = cluster?.caData && Buffer.from(cluster.caData, 'base64');
  if (!cluster || !token || !(ca || cluster.caFile)) {
    throw new Error(
      `TESTBED_KUBERNETES_KUBECONFIG: the current context of ${file} needs a cluster with a certificate authority and ` +
        'a user with a token (make one with `kubectl create token`).',
    );
  }
  const folder = await createServerFolder('given-kubernetes');
  const caFile = cluster.caFile ?? join(folder, 'ca.crt');
  if (ca && !cluster.caFile) writeFileSync(caFile, ca);
  const access = { url: cluster.server, token, caFile };
  const kubeconfigFile = join(folder, 'kubeconfig.yaml');
  writeFileSync(kubeconfigFile, kubeconfig(access), { mode: 0o600 });
  return { ...access, kubeconfigFile, stop: () => removeFolder(folder) };
}
