/**
 * Stands in for the metrics server, whose numbers come from kubelets: PodMetrics are objects of a CRD here, which autoscalers
 * read at the same address.
 */
import {
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import type { CustomKind } from './custom-objects.ts';
import { repeat, type StandIn } from './repeat.ts';

const podMetrics: CustomKind = { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods' };

/** To be applied before the pods are measured. */
export const podMetricsCrd: KubernetesResource = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `${podMetrics.plural}.${podMetrics.group}`,
    annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests alone' },
  },
  spec: {
    group: podMetrics.group,
    scope: 'Namespaced',
    names: { kind: 'PodMetrics', listKind: 'PodMetricsList', plural: podMetrics.plural, singular: 'pod' },
    versions: [
      {
        name: podMetrics.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

/**
 * Measures every running pod: it uses half of the CPU that it asks for.
 * @param overloaded workloads (`app.kubernetes.io/name`) whose pods use twice of it; read at each turn
 */
export function measurePods(config: KubeConfig, overloaded: ReadonlySet<string>): StandIn {
  const measured = new Map<string, string>();
  const core = config.makeApiClient(CoreV1Api);
  const write = async (pod: V1Pod) => {
    const { name = '', namespace = '', labels = {}, uid = '' } = pod.metadata ?? {};
    const share = overloaded.has(labels['app.kubernetes.io/name'] ?? '') ? 2 : 0.5;
    if (measured.get(uid) === String(share)) return;
    const body = {
      apiVersion: `${podMetrics.group}/${podMetrics.version}`,
      kind: 'PodMetrics',
      metadata: { name, namespace, labels },
      // Later than the start of the pod, or the autoscaler does not believe it yet.
      timestamp: new Date(Date.now() + 600_000).toISOString(),
      window: '1s',
      containers: (pod.spec?.containers ?? []).map((container) => ({
        name: container.name,
        usage: { cpu: `${millis(container.resources?.requests?.cpu ?? '0') * share}m`, memory: '1Mi' },
      })),
    };
    await config
      .makeApiClient(CustomObjectsApi)
      .patchNamespacedCustomObject(
        { ...podMetrics, namespace, name, body, fieldManager: 'metrics', force: true },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      );
    measured.set(uid, String(share));
  };
  return repeat('metrics', async () => {
    const { items } = await core.listPodForAllNamespaces();
    for (const pod of items) if (pod.status?.phase === 'Running') await write(pod);
  });
}

/** A CPU quantity as dist/ writes it: `250m`, `1`, `0.5`. */
const millis = (cpu: string) => (cpu.endsWith('m') ? Number.parseFloat(cpu) : Number.parseFloat(cpu) * 1000);
