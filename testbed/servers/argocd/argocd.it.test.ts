import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { skipped } from '../../skip.ts';
import { type GitRepository, gitRepository } from '../git.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../kubernetes/kubernetes.ts';
import { fakeNodes } from '../kubernetes/nodes.ts';
import { applications, NotSynced, waitForSync } from './applications.ts';
import { type ArgoCd, startArgoCd } from './argocd.ts';

const patience = { timeout: 120_000, interval: 100 };
const namespace = 'default';

/** Says what the object says about itself. */
const healthOfConfigMaps = `
return { status = obj.data.health or "Healthy", message = "says the ConfigMap" }
`;

function configMap(name: string, data: object, wave = 0): string {
  const annotations = { 'argocd.argoproj.io/sync-wave': String(wave) };
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data });
}

const deployment = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'example.test/main' }] },
    },
  },
});

const servers = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'kwok-stages'];

describe.skipIf(skipped(...servers, 'redis-server', 'argocd', 'argocd-manifests'))('Argo CD', () => {
  let kubernetes: Kubernetes;
  let argoCd: ArgoCd;
  let repository: GitRepository;
  let client: KubernetesClient;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  beforeAll(async () => {
    kubernetes = await startKubernetes({
      controllerManager: true,
      scheduler: true,
      kwok: { nodes: fakeNodes({ count: 2 }) },
    });
    const settings = {
      'resource.customizations.health.ConfigMap': healthOfConfigMaps,
      'timeout.reconciliation': '1s',
    };
    argoCd = await startArgoCd({ kubernetes, settings: { 'argocd-cm': settings } });
    repository = await gitRepository();
    client = new KubernetesClient(kubernetes);
    const config = new KubeConfig();
    config.loadFromFile(kubernetes.kubeconfigFile);
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });

  afterAll(async () => {
    client?.close();
    await repository?.stop();
    await argoCd?.stop();
    await kubernetes?.stop();
  });

  /** An Application of the folder of its name. */
  async function application(name: string): Promise<void> {
    await client.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: argoCd.namespace },
      spec: {
        project: 'default',
        source: { repoURL: repository.url, path: name, targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    });
  }

  const live = (name: string) => core.readNamespacedConfigMap({ namespace, name });

  async function stateOf(name: string) {
    return (await applications(client)).find(({ application }) => application === name);
  }

  test('brings what is in a repository into the cluster, and tells when it was synced and when healthy', async () => {
    const revision = await repository.commit({
      'web/deployment.yaml': deployment,
      'web/settings.yaml': configMap('web', { greeting: 'hello' }),
    });
    await application('web');
    const events = await waitForSync(client, 'web', { revision });
    expect(events.at(-1)).toMatchObject({ sync: 'Synced', health: 'Healthy', phase: 'Succeeded', revision });
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort((a, b) => a - b));
    expect((await live('web')).data).toEqual({ greeting: 'hello' });
    const { status } = await apps.readNamespacedDeployment({ namespace, name: 'web' });
    expect(status?.availableReplicas).toBe(2);
  });

  test('a pushed change is live by itself, and what is no longer in the repository is gone', async () => {
    const revision = await repository.commit({
      'web/settings.yaml': configMap('web', { greeting: 'good morning' }),
      'web/deployment.yaml': null,
    });
    await waitForSync(client, 'web', { revision });
    expect((await live('web')).data).toEqual({ greeting: 'good morning' });
    await expect(apps.readNamespacedDeployment({ namespace, name: 'web' })).rejects.toThrow('HTTP-Code: 404');
  });

  test('an object that somebody deletes comes back', async () => {
    const deleted = (await live('web')).metadata?.uid;
    await core.deleteNamespacedConfigMap({ namespace, name: 'web' });
    await vi.waitFor(async () => expect((await live('web')).metadata?.uid).not.toBe(deleted), patience);
  });

  test('a health check in Lua decides on the health of an Application', async () => {
    const settings = { 'checked/settings.yaml': configMap('checked', { health: 'Degraded' }) };
    const revision = await repository.commit(settings);
    await application('checked');
    await waitForSync(client, 'checked', { revision, health: 'Degraded' });
    const repaired = await repository.commit({ 'checked/settings.yaml': configMap('checked', { health: 'Healthy' }) });
    const events = await waitForSync(client, 'checked', { revision: repaired });
    expect(events.map(({ health }) => health)).toContain('Degraded');
  });

  test.each(['controller', 'repoServer', 'redis'] as const)(
    'a %s killed in the middle of a sync and started again goes on, to what was pushed meanwhile',
    async (component) => {
      const name = `killed-${component.toLowerCase()}`;
      const waves = [0, 1, 2];
      const files = (data: object) =>
        Object.fromEntries(waves.map((wave) => [`${name}/${wave}.yaml`, configMap(`${name}-${wave}`, data, wave)]));
      await repository.commit(files({ version: '1' }));
      await application(name);
      await vi.waitFor(() => live(`${name}-0`), patience);
      // Between waves, Argo CD waits two seconds.
      expect(await stateOf(name)).toMatchObject({ phase: 'Running' });
      const { pid } = argoCd[component];
      await argoCd[component].kill();
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');

      const revision = await repository.commit(files({ version: '2' }));
      await argoCd[component].restart();
      expect(argoCd[component].pid).not.toBe(pid);
      await waitForSync(client, name, { revision });
      for (const wave of waves) expect((await live(`${name}-${wave}`)).data).toEqual({ version: '2' });
    },
  );

  test('what does not get synced is an error with what Argo CD says about it', async () => {
    await application('missing');
    const failure = waitForSync(client, ['missing', 'unheard-of'], { deadlineSeconds: 5 });
    await expect(failure).rejects.toThrow(NotSynced);
    await expect(failure).rejects.toThrow(/missing: Unknown .*app path does not exist/s);
    await expect(failure).rejects.toThrow('unheard-of: there is no such Application');
  });
});

describe.skipIf(skipped('etcd', 'kube-apiserver', 'redis-server', 'argocd', 'argocd-manifests'))('an Argo CD', () => {
  let kubernetes: Kubernetes;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
  });
  afterAll(() => kubernetes?.stop());

  test('ends with all its processes, also with one that was killed, and leaves its settings', async () => {
    const argoCd = await startArgoCd({ kubernetes, namespace: 'gitops' });
    const pids = [argoCd.controller, argoCd.repoServer, argoCd.redis].map(({ pid }) => pid);
    await argoCd.repoServer.kill();
    await argoCd.stop();
    await argoCd.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const client = new KubernetesClient(kubernetes);
    const configMaps = await client.list('v1', 'ConfigMap').finally(() => client.close());
    expect(configMaps.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toContain('gitops/argocd-cm');
  });
});
