import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesClient, KubernetesResource } from '../servers/kubernetes/client.ts';
import { type CrdOptions, crdDocuments } from './sources.ts';

/** Installs every CRD that the project uses, and waits until the API server serves their kinds. */
export async function installCrds(client: KubernetesClient, options: CrdOptions = {}): Promise<void> {
  const crds = (await crdDocuments(options)) as unknown as KubernetesResource[];
  for (const crd of crds) await client.apply(crd);
  for (const crd of crds) while (!isEstablished(await client.get(crd))) await sleep(100);
  client.forgetKinds();
}

function isEstablished({ status }: KubernetesResource): boolean {
  // Null until the API server has looked at a new CRD.
  const { conditions } = (status ?? {}) as { conditions?: { type: string; status: string }[] | null };
  return conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}
