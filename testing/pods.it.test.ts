/**
 * Every environment with the real controllers and scheduler: every pod is made, let in by Pod Security, quota and limits, and
 * finds a place on the nodes that the environment pays for. KWOK stands in for the kubelets: no container runs.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clusters } from '../environments/index.ts';
import { installCrds } from '../testbed/crds/install.ts';
import { KubernetesClient, type KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../testbed/skip.ts';
import { argoCdNamespaceObject, storedObjects } from './clusters.ts';
import { nodesOf, zonesOf } from './nodes.ts';
import { podOf } from './pods.ts';

const needed = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;

/** What keeps a workload from having what it asks for; undefined when it has it. */
function lacking({ kind, metadata, spec, status }: KubernetesResource, atLeast: number): string | undefined {
  const wanted = spec as { replicas?: number; suspend?: boolean; completions?: number };
  const has = (status ?? {}) as {
    readyReplicas?: number;
    availableReplicas?: number;
    succeeded?: number;
    conditions?: { type: string; status: string; message?: string }[];
  };
  const name = `${kind} ${metadata.namespace}/${metadata.name}`;
  const why =
    has.conditions
      ?.filter(({ status, type }) => type === 'ReplicaFailure' || (status === 'False' && type !== 'Suspended'))
      .map(({ message }) => message) ?? [];
  if (kind === 'Job')
    return wanted.suspend || has.succeeded === wanted.completions ? undefined : `${name} has not succeeded: ${why}`;
  const replicas = Math.max(wanted.replicas ?? 0, atLeast);
  return has.readyReplicas === replicas
    ? undefined
    : `${name} has ${has.readyReplicas ?? 0} of ${replicas} pods: ${why}`;
}

describe.skipIf(skipped(...needed)).each(clusters().map((cluster) => ({ folder: cluster.folder, cluster })))(
  '$folder',
  ({ folder, cluster }) => {
    let kubernetes: Kubernetes;
    let client: KubernetesClient;
    const stored = storedObjects(folder);
    const zones = zonesOf(cluster);

    beforeAll(async () => {
      kubernetes = await startKubernetes({
        controllerManager: true,
        scheduler: true,
        bindVolumes: true,
        kwok: { nodes: nodesOf(cluster) },
      });
      client = new KubernetesClient(kubernetes);
      await installCrds(client);
      await client.apply(argoCdNamespaceObject);
      for (const { object } of stored) await client.apply(object);
    });
    afterAll(async () => {
      client?.close();
      await kubernetes?.stop();
    });

    test('every Deployment, StatefulSet and Job has its pods, on nodes', async () => {
      // A Deployment begins with one pod; its autoscaler brings it to the least it may have.
      const autoscaled = new Map(
        stored
          .filter(({ object }) => object.kind === 'HorizontalPodAutoscaler')
          .map(({ object: { metadata, spec } }) => [
            `${metadata.namespace}/${metadata.name}`,
            (spec as { minReplicas: number }).minReplicas,
          ]),
      );
      await vi.waitFor(
        async () => {
          const live = [
            ...(await client.list('apps/v1', 'Deployment')),
            ...(await client.list('apps/v1', 'StatefulSet')),
            ...(await client.list('batch/v1', 'Job')),
          ];
          expect(live.length).toBeGreaterThan(10);
          expect(
            live.flatMap(
              (object) =>
                lacking(object, autoscaled.get(`${object.metadata.namespace}/${object.metadata.name}`) ?? 0) ?? [],
            ),
          ).toEqual([]);
        },
        { timeout: 120_000, interval: 1000 },
      );
    });

    test('each member of the replica set is in a zone of its own', async () => {
      const pods = (await client.list('v1', 'Pod')).filter(
        ({ metadata }) => metadata.name.startsWith('mongodb-') && !metadata.name.startsWith('mongodb-initiate'),
      );
      const zoneOf = new Map(
        (await client.list('v1', 'Node')).map(({ metadata }) => [
          metadata.name,
          (metadata as { labels?: Record<string, string> }).labels?.['topology.kubernetes.io/zone'],
        ]),
      );
      const used = pods.map(({ spec }) => zoneOf.get((spec as { nodeName: string }).nodeName));
      expect(new Set(used).size).toBe(Math.min(zones.length, cluster.environment.mongodb.members));
    });

    test('backup and restore pods, which nobody has started yet, would be let in too', async () => {
      const pods = stored.flatMap(({ object }) => podOf(object) ?? []);
      for (const pod of pods) await client.apply(pod, { dryRun: true });
      expect(pods.length).toBeGreaterThan(15);
    });

    test('a pod that is not hardened is refused', async () => {
      const pod = stored.flatMap(({ object }) => podOf(object) ?? [])[0] as KubernetesResource;
      const spec = pod.spec as { securityContext: object };
      const soft = { ...pod, spec: { ...spec, securityContext: { ...spec.securityContext, runAsNonRoot: false } } };
      await expect(client.apply(soft, { dryRun: true })).rejects.toThrow('violates PodSecurity "restricted:v1.35"');
    });
  },
);
