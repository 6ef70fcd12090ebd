/** Stands in for External Secrets, which needs Secret Manager: each ExternalSecret owns a Secret, and says so. */
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import { type CustomKind, listed, writeStatus } from './custom-objects.ts';
import { repeat, type StandIn } from './repeat.ts';

const group = { group: 'external-secrets.io', version: 'v1' };
const stores: CustomKind = { ...group, plural: 'clustersecretstores' };
const externalSecrets: CustomKind = { ...group, plural: 'externalsecrets' };

interface Spec {
  readonly data?: readonly { readonly secretKey: string }[];
  readonly target?: { readonly name?: string };
}

const isReady = ({ status }: KubernetesResource) =>
  (status as { conditions?: { type: string }[] } | undefined)?.conditions?.some(({ type }) => type === 'Ready');

const ready = (message: string) => ({
  conditions: [{ type: 'Ready', status: 'True', message, lastTransitionTime: new Date().toISOString() }],
});

export function bringSecrets(config: KubeConfig): StandIn {
  const core = config.makeApiClient(CoreV1Api);
  return repeat('external secrets', async () => {
    for (const store of await listed(config, stores))
      if (!isReady(store)) await writeStatus(config, stores, store, ready('store validated'));
    for (const externalSecret of await listed(config, externalSecrets)) {
      if (isReady(externalSecret)) continue;
      const { apiVersion, metadata, spec } = externalSecret;
      const { uid } = metadata as unknown as { uid: string };
      const { data = [], target } = spec as Spec;
      await core.createNamespacedSecret({
        namespace: metadata.namespace ?? '',
        body: {
          metadata: {
            name: target?.name ?? metadata.name,
            ownerReferences: [{ apiVersion, kind: 'ExternalSecret', name: metadata.name, uid }],
          },
          stringData: Object.fromEntries(data.map(({ secretKey }) => [secretKey, 'stand-in'])),
        },
      });
      await writeStatus(config, externalSecrets, externalSecret, ready('Secret was synced'));
    }
  });
}
