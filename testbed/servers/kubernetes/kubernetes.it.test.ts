import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipped } from '../../skip.ts';
import { type Kubernetes, startKubernetes } from './kubernetes.ts';
import { kubeApiserver } from './programs.ts';

function configOf({ kubeconfigFile }: Kubernetes): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  return config;
}

describe.skipIf(skipped('etcd', 'kube-apiserver'))('an API server', () => {
  let kubernetes: Kubernetes;
  let core: CoreV1Api;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    core = configOf(kubernetes).makeApiClient(CoreV1Api);
  });

  afterAll(() => kubernetes?.stop());
  afterEach(() => vi.unstubAllEnvs());

  const container = { name: 'main', image: 'example.test/main' };

  test('tells the version that go.mod pins', async () => {
    const version = await configOf(kubernetes).makeApiClient(VersionApi).getCode();
    expect(version.gitVersion).toBe(`v${kubeApiserver.version}`);
  });

  test('keeps objects', async () => {
    await core.createNamespace({ body: { metadata: { name: 'kept' } } });
    expect((await core.readNamespace({ name: 'kept' })).status?.phase).toBe('Active');
  });

  test('refuses a privileged pod where Pod Security is enforced, and takes it elsewhere', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await core.createNamespace({ body: { metadata: { name: 'strict', labels } } });
    await core.createNamespace({ body: { metadata: { name: 'loose' } } });
    const body = {
      metadata: { name: 'root' },
      spec: { containers: [{ ...container, securityContext: { privileged: true } }] },
    };
    await expect(core.createNamespacedPod({ namespace: 'strict', body })).rejects.toThrow(
      /violates PodSecurity .*privileged/,
    );
    expect((await core.createNamespacedPod({ namespace: 'loose', body })).metadata?.name).toBe('root');
  });

  test('refuses a client with a wrong token', async () => {
    const config = configOf(kubernetes);
    config.addUser({ name: 'nobody', token: 'wrong' });
    config.addContext({ name: 'nobody', cluster: 'testbed', user: 'nobody' });
    config.setCurrentContext('nobody');
    await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toThrow(/HTTP-Code: 401/);
  });

  test('a kubeconfig in the environment is used instead, and outlives stop', async () => {
    vi.stubEnv('TESTBED_KUBERNETES_KUBECONFIG', kubernetes.kubeconfigFile);
    const given = await startKubernetes();
    expect(given).toMatchObject({ url: kubernetes.url, token: kubernetes.token });
    const names = (await configOf(given).makeApiClient(CoreV1Api).listNamespace()).items;
    expect(names.map(({ metadata }) => metadata?.name)).toContain('default');
    await given.stop();
    expect(existsSync(given.kubeconfigFile)).toBe(false);
    expect(await core.listNamespace()).toBeDefined();
  });

  test('is gone after stop, with its data', async () => {
    const other = await startKubernetes();
    await other.stop();
    await expect(fetch(other.url)).rejects.toThrow('fetch failed');
    expect(existsSync(dirname(other.kubeconfigFile))).toBe(false);
  });
});
