import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig, StorageV1Api, type V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipped } from '../../skip.ts';
import { type Kubernetes, startKubernetes } from './kubernetes.ts';
import { fakeNodes } from './nodes.ts';

const patience = { timeout: 90_000, interval: 200 };
const zones = ['us-central1-a', 'us-central1-b', 'us-central1-c'];
const namespace = 'default';

const servers = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'kwok-stages'];

describe.skipIf(skipped(...servers))('a cluster of fake nodes', () => {
  let kubernetes: Kubernetes;
  let apps: AppsV1Api;
  let batch: BatchV1Api;
  let core: CoreV1Api;
  let storage: StorageV1Api;

  beforeAll(async () => {
    kubernetes = await startKubernetes({
      controllerManager: true,
      scheduler: true,
      bindVolumes: true,
      kwok: {
        nodes: [
          ...fakeNodes({ count: 3, zones }),
          { name: 'spot-0', labels: { spot: 'true' }, taints: [{ key: 'spot', effect: 'NoSchedule' }] },
        ],
      },
    });
    const config = new KubeConfig();
    config.loadFromFile(kubernetes.kubeconfigFile);
    apps = config.makeApiClient(AppsV1Api);
    batch = config.makeApiClient(BatchV1Api);
    core = config.makeApiClient(CoreV1Api);
    storage = config.makeApiClient(StorageV1Api);
  });

  afterAll(() => kubernetes?.stop());

  function template(app: string, more: object = {}) {
    const containers = [{ name: 'main', image: 'example.test/main' }];
    return { metadata: { labels: { app } }, spec: { containers, ...more } };
  }

  function spreadOver(topologyKey: string, app: string) {
    const labelSelector = { matchLabels: { app } };
    return {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector }],
    };
  }

  async function podsOf(app: string): Promise<readonly V1Pod[]> {
    return (await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` })).items;
  }

  function running(app: string, count: number): Promise<readonly V1Pod[]> {
    return vi.waitFor(async () => {
      const pods = await podsOf(app);
      expect(pods.map(({ status }) => status?.phase)).toEqual(Array(count).fill('Running'));
      return pods;
    }, patience);
  }

  async function storageClass(name: string, volumeBindingMode: string, reclaimPolicy: string): Promise<void> {
    const body = { metadata: { name }, provisioner: 'storage.example.test', volumeBindingMode, reclaimPolicy };
    await storage.createStorageClass({ body });
  }

  function claim(name: string, storageClassName: string, accessMode: string) {
    return {
      metadata: { name },
      spec: { storageClassName, accessModes: [accessMode], resources: { requests: { storage: '10Gi' } } },
    };
  }

  function volumeOf(name: string): Promise<string> {
    return vi.waitFor(async () => {
      const { spec, status } = await core.readNamespacedPersistentVolumeClaim({ namespace, name });
      expect(status?.phase).toBe('Bound');
      return spec?.volumeName as string;
    }, patience);
  }

  test('a Deployment becomes available, its pods spread over the zones', async () => {
    const spec = {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: template('web', spreadOver('topology.kubernetes.io/zone', 'web')),
    };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'web' }, spec } });
    await vi.waitFor(async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
      expect(status?.availableReplicas).toBe(3);
    }, patience);
    const nodes = (await running('web', 3)).map(({ spec }) => spec?.nodeName);
    expect(nodes.sort()).toEqual(['node-0', 'node-1', 'node-2']);
  });

  test('a pod goes to a tainted node only when it tolerates the taint, and a Job completes', async () => {
    const spec = {
      template: template('batch', {
        nodeSelector: { spot: 'true' },
        tolerations: [{ key: 'spot', operator: 'Exists' }],
        restartPolicy: 'Never',
      }),
    };
    await batch.createNamespacedJob({ namespace, body: { metadata: { name: 'batch' }, spec } });
    await vi.waitFor(async () => {
      expect((await batch.readNamespacedJob({ namespace, name: 'batch' })).status?.succeeded).toBe(1);
    }, patience);

    const refused = template('picky', { nodeSelector: { spot: 'true' } });
    const body = { ...refused, metadata: { ...refused.metadata, name: 'picky' } };
    await core.createNamespacedPod({ namespace, body });
    await vi.waitFor(async () => {
      const [pod] = await podsOf('picky');
      expect(pod?.status?.conditions?.[0]?.message).toContain('untolerated taint');
    }, patience);
  });

  test('a StatefulSet is ready on volumes made for its claims, each in the zone of its pod', async () => {
    await storageClass('zonal', 'WaitForFirstConsumer', 'Retain');
    const mounts = [{ name: 'data', mountPath: '/data' }];
    const pod = template('database');
    const containers = pod.spec.containers.map((container) => ({ ...container, volumeMounts: mounts }));
    const spec = {
      serviceName: 'database',
      replicas: 3,
      selector: { matchLabels: { app: 'database' } },
      template: { ...pod, spec: { containers } },
      volumeClaimTemplates: [claim('data', 'zonal', 'ReadWriteOnce')],
    };
    await apps.createNamespacedStatefulSet({ namespace, body: { metadata: { name: 'database' }, spec } });
    await vi.waitFor(async () => {
      const { status } = await apps.readNamespacedStatefulSet({ namespace, name: 'database' });
      expect(status?.readyReplicas).toBe(3);
    }, patience);

    for (const { metadata, spec } of await running('database', 3)) {
      const bound = await core.readNamespacedPersistentVolumeClaim({ namespace, name: `data-${metadata?.name}` });
      expect(bound.status).toMatchObject({ phase: 'Bound', capacity: { storage: '10Gi' } });
      const volume = await core.readPersistentVolume({ name: bound.spec?.volumeName ?? '' });
      const zone = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0];
      const node = await core.readNode({ name: spec?.nodeName ?? '' });
      expect(zone).toBe(node.metadata?.labels?.['topology.kubernetes.io/zone']);
    }
  });

  test('pods on several nodes share one ReadWriteMany volume, and its end is what its class says', async () => {
    await storageClass('shared', 'Immediate', 'Delete');
    await storageClass('kept', 'Immediate', 'Retain');
    await core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('shared', 'shared', 'ReadWriteMany') });
    await core.createNamespacedPersistentVolumeClaim({ namespace, body: claim('kept', 'kept', 'ReadWriteOnce') });
    const spec = {
      replicas: 3,
      selector: { matchLabels: { app: 'files' } },
      template: template('files', {
        ...spreadOver('kubernetes.io/hostname', 'files'),
        volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'shared' } }],
      }),
    };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: 'files' }, spec } });
    const nodes = (await running('files', 3)).map(({ spec }) => spec?.nodeName);
    expect(new Set(nodes).size).toBe(3);

    const [shared, kept] = [await volumeOf('shared'), await volumeOf('kept')];
    await apps.deleteNamespacedDeployment({ namespace, name: 'files' });
    await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: 'shared' });
    await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: 'kept' });
    await vi.waitFor(async () => {
      const volumes = (await core.listPersistentVolume()).items;
      expect(volumes.map(({ metadata }) => metadata?.name)).not.toContain(shared);
      expect(volumes.find(({ metadata }) => metadata?.name === kept)?.status?.phase).toBe('Released');
    }, patience);
  });
});
