import { CustomObjectsApi, type KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';

/** A kind of custom object, as its address in the API server names it. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** The objects of a custom kind, in all namespaces or in none. */
export async function listed(config: KubeConfig, kind: CustomKind): Promise<readonly KubernetesResource[]> {
  const { items } = await config.makeApiClient(CustomObjectsApi).listClusterCustomObject({ ...kind });
  return items as KubernetesResource[];
}

/** Writes status, as a controller does: nothing else of the object changes. */
export async function writeStatus(
  config: KubeConfig,
  kind: CustomKind,
  { metadata: { name, namespace } }: KubernetesResource,
  status: object,
): Promise<void> {
  const api = config.makeApiClient(CustomObjectsApi);
  const patch = { ...kind, name, body: { status } };
  const options = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  if (namespace === undefined) await api.patchClusterCustomObjectStatus(patch, options);
  else await api.patchNamespacedCustomObjectStatus({ ...patch, namespace }, options);
}
