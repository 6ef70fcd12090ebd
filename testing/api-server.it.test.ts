/** Every environment on a real API server of the version that GKE runs, with Pod Security enforced. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusters } from '../environments/index.ts';
import { Duration } from '../environments/units.ts';
import { installCrds } from '../testbed/crds/install.ts';
import { upstreamFolder } from '../testbed/crds/sources.ts';
import { KubernetesClient, type KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../testbed/skip.ts';
import { argoCdNamespaceObject, clusterFolders, renderedObjects, storedObjects } from './clusters.ts';

/** The fields that were sent and are not, or not so, in what was kept. */
function lost(sent: unknown, kept: unknown, path = ''): string[] {
  if (Array.isArray(sent)) {
    if (!Array.isArray(kept) || kept.length !== sent.length)
      return [`${path}: sent ${JSON.stringify(sent)}, kept ${JSON.stringify(kept)}`];
    return sent.flatMap((item, index) => lost(item, kept[index], `${path}[${index}]`));
  }
  if (sent !== null && typeof sent === 'object') {
    if (kept === null || typeof kept !== 'object') return Object.keys(sent).length === 0 ? [] : [`${path}: dropped`];
    return Object.entries(sent).flatMap(([key, value]) =>
      lost(value, (kept as Record<string, unknown>)[key], `${path}.${key}`),
    );
  }
  return sent === kept ? [] : [`${path}: sent ${JSON.stringify(sent)}, kept ${JSON.stringify(kept)}`];
}

/** The object without what the API server and controllers keep for themselves. Its `generation` stays: it counts changes. */
function desired({ status: _, metadata, ...rest }: KubernetesResource) {
  const { resourceVersion: _version, managedFields: _managers, ...own } = metadata as Record<string, unknown>;
  return { ...rest, metadata: own };
}

const upstream = await upstreamFolder();
const sets = [
  { name: 'the CRDs of the test bed', upstream: false },
  ...(upstream ? [{ name: 'the upstream CRDs', upstream: true }] : []),
];

/** The clusters of dist/, and what no environment uses yet: each setting that changes which objects there are. */
const cases = [
  ...clusterFolders.map((name) => ({ name, objects: () => storedObjects(name) })),
  ...clusters()
    .filter(({ environment }) => environment.name === 'dev')
    .map((cluster) => ({
      name: 'dev with a load balancer, permanent memory, no model, no monitoring, a sync window and Slack',
      objects: () =>
        renderedObjects({
          ...cluster,
          environment: {
            ...cluster.environment,
            exposure: { by: 'load-balancer', sourceRanges: ['203.0.113.0/24'] },
            memory: { ...cluster.environment.memory, ttl: { ...cluster.environment.memory.ttl, long: 'permanent' } },
            mcp: { ...cluster.environment.mcp, model: { ...cluster.environment.mcp.model, enabled: false } },
            monitoring: { ...cluster.environment.monitoring, enabled: false },
            cluster: { ...cluster.environment.cluster, spot: false },
            gitops: {
              ...cluster.environment.gitops,
              syncWindow: { kind: 'allow', schedule: '0 8 * * 1-5', duration: Duration.minutes(90) },
              notifications: { by: 'slack', channel: 'deployments' },
            },
          },
        }),
    })),
];

describe.skipIf(skipped('kube-apiserver')).each(sets)('with $name', ({ upstream }) => {
  describe.each(cases)('$name', ({ objects }) => {
    let kubernetes: Kubernetes;
    let client: KubernetesClient;
    const stored = objects();
    const kept = new Map<string, KubernetesResource>();

    beforeAll(async () => {
      kubernetes = await startKubernetes();
      client = new KubernetesClient(kubernetes);
      await installCrds(client, { upstream });
      await client.apply(argoCdNamespaceObject);
    });
    afterAll(async () => {
      client?.close();
      await kubernetes?.stop();
    });

    test('every object is accepted in wave order, and no field is dropped', async () => {
      const problems: string[] = [];
      for (const { file, object } of stored) {
        try {
          const answer = await client.apply(object);
          kept.set(file, answer);
          problems.push(...lost(object, answer).map((problem) => `${file}: ${problem}`));
        } catch (error) {
          problems.push(`${file}: ${(error as Error).message}`);
        }
      }
      expect(problems).toEqual([]);
      expect(stored.length).toBeGreaterThan(100);
    });

    test('a second apply changes nothing', async () => {
      for (const { file, object } of stored) {
        const first = kept.get(file);
        expect(first, file).toBeDefined();
        expect(desired(await client.apply(object)), file).toEqual(desired(first as KubernetesResource));
      }
    });
  });
});
