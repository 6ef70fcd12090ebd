/** Stands in for GKE's Gateway controller, which needs a load balancer: it takes every Gateway and every route. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import { type CustomKind, listed, writeStatus } from './custom-objects.ts';
import { repeat, type StandIn } from './repeat.ts';

const group = { group: 'gateway.networking.k8s.io', version: 'v1' };
const gateways: CustomKind = { ...group, plural: 'gateways' };
const routes: CustomKind = { ...group, plural: 'httproutes' };

interface Condition {
  readonly observedGeneration: number;
}

const generationOf = ({ metadata }: KubernetesResource) => (metadata as { generation?: number }).generation ?? 0;

const conditions = (object: KubernetesResource, types: readonly string[]) =>
  types.map((type) => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration: generationOf(object),
    lastTransitionTime: new Date().toISOString(),
  }));

const isSeen = (object: KubernetesResource, conditions: readonly Condition[] = []) =>
  conditions.some(({ observedGeneration }) => observedGeneration === generationOf(object));

export function takeGateways(config: KubeConfig): StandIn {
  return repeat('gateway', async () => {
    for (const gateway of await listed(config, gateways)) {
      const { conditions: seen } = (gateway.status ?? {}) as { conditions?: Condition[] };
      if (isSeen(gateway, seen)) continue;
      await writeStatus(config, gateways, gateway, { conditions: conditions(gateway, ['Accepted', 'Programmed']) });
    }
    for (const route of await listed(config, routes)) {
      const { parents: seen } = (route.status ?? {}) as { parents?: { conditions: Condition[] }[] };
      if (isSeen(route, seen?.[0]?.conditions)) continue;
      const { parentRefs } = route.spec as { parentRefs: object[] };
      const parents = parentRefs.map((parentRef) => ({
        parentRef,
        controllerName: 'networking.gke.io/gateway',
        conditions: conditions(route, ['Accepted', 'ResolvedRefs']),
      }));
      await writeStatus(config, routes, route, { parents });
    }
  });
}
