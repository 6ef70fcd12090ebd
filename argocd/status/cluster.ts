/** The Applications of the cluster that the kubeconfig's context names. */
import { ApiException, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import { type LiveApplication, parseApplications } from './application.ts';

/** The cluster gave no answer, or none that helps. */
export class ClusterUnreachable extends Error {
  override readonly name = 'ClusterUnreachable';
}

/** The kubeconfig has no such context. */
export class UnknownContext extends Error {
  override readonly name = 'UnknownContext';
}

/** Where to read. */
export interface ClusterAccess {
  readonly context: string;
  /** @throws ClusterUnreachable */
  applications(): Promise<readonly LiveApplication[]>;
}

/**
 * Looks the cluster up as kubectl does: KUBECONFIG, ~/.kube/config, or the pod that this runs in.
 * @param context @default the current one
 * @throws UnknownContext, and ClusterUnreachable where the kubeconfig cannot be read
 */
export function clusterAccess(context?: string): ClusterAccess {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new ClusterUnreachable(`the kubeconfig cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const known = config.getContexts().map(({ name }) => name);
  if (context !== undefined && !known.includes(context))
    throw new UnknownContext(`the kubeconfig has no context ${context}; it has ${known.join(', ') || 'none'}`);
  if (context !== undefined) config.setCurrentContext(context);
  return { context: config.getCurrentContext(), applications: () => readApplications(config) };
}

async function readApplications(config: KubeConfig): Promise<readonly LiveApplication[]> {
  // What the library takes where there is no kubeconfig.
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || server === 'http://localhost:8080')
    throw new ClusterUnreachable('there is no kubeconfig');
  let list: unknown;
  try {
    list = await config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({
      group: 'argoproj.io',
      version: 'v1alpha1',
      namespace: argoCdNamespace,
      plural: 'applications',
      labelSelector: 'app.kubernetes.io/part-of=ai-orchestra',
    });
  } catch (error) {
    throw new ClusterUnreachable(`${server}: ${reason(error)}`, { cause: error });
  }
  return parseApplications(list);
}

function reason(error: unknown): string {
  if (error instanceof ApiException) {
    if (error.code === 404) return 'Argo CD is not installed there';
    return `the API server answered ${error.code}; is the login still valid, and may it list Applications in ${argoCdNamespace}?`;
  }
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message;
}
