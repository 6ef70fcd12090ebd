/** The hand-over to git, on a real API server and with the real kubectl. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moduleFolder } from '../../testbed/provide/go.ts';
import { type Kubernetes, startKubernetes } from '../../testbed/servers/kubernetes/kubernetes.ts';
import { root } from '../../testing/clusters.ts';
import { handOver } from './hand-over.ts';
import { type Kubectl, KubectlFailed, kubectlOn } from './kubectl.ts';
import { argoCdManifest } from './release.ts';

let kubernetes: Kubernetes;
let kubectl: Kubectl;
let cache: string;
let manifest: string;
const told: string[] = [];

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'argo-cd-'));
  kubernetes = await startKubernetes();
  kubectl = kubectlOn(kubernetes.kubeconfigFile, { PATH: process.env.PATH, HOME: cache });
  const module = await moduleFolder('argocd', 'github.com/argoproj/argo-cd/v3');
  manifest = await argoCdManifest({
    cache,
    download: async () => readFileSync(join(module, 'manifests/ha/install.yaml')),
  });
});
afterAll(async () => {
  await kubernetes?.stop();
  rmSync(cache, { recursive: true });
});

const give = (folder = join(root, 'dist/dev')) =>
  handOver({ kubectl, manifest, folder, tell: (what) => told.push(what) });

/** Every object that the hand-over made or may make, with its version in the API server. */
async function versions(): Promise<Record<string, string>> {
  const kinds = 'deployments,statefulsets,configmaps,services,serviceaccounts,roles,applications,appprojects';
  const { items } = JSON.parse(await kubectl(['get', kinds, '-n', 'argocd', '-o', 'json'])) as {
    items: { kind: string; metadata: { name: string; resourceVersion: string } }[];
  };
  return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]));
}

describe('an empty cluster', () => {
  test('has Argo CD, its settings from dist/, and the root alone', async () => {
    await give();
    expect(told).toEqual(['namespace argocd', "Argo CD's settings", 'Argo CD', 'the root']);
    const there = Object.keys(await versions());
    expect(there).toEqual(expect.arrayContaining(['StatefulSet argocd-application-controller', 'AppProject argocd']));
    expect(there.filter((name) => name.startsWith('Application '))).toEqual(['Application argocd']);
    const settings = await kubectl(['get', 'configmap', 'argocd-cm', '-n', 'argocd', '-o', 'jsonpath={.data}']);
    expect(settings).toContain('resource.customizations.health.argoproj.io_Application');
  });

  test('a second time nothing changes', async () => {
    const before = await versions();
    await give();
    expect(await versions()).toEqual(before);
  });

  test('a folder that is not a cluster fails by what is missing, and changes nothing of the root', async () => {
    const before = await versions();
    await expect(give(join(root, 'dist/nowhere'))).rejects.toThrow(/nowhere/);
    expect(await versions()).toEqual(before);
  });

  test('a refusal of the API server is told with its command', async () => {
    const denied = kubectlOn('/nowhere/kubeconfig', { PATH: process.env.PATH, HOME: cache });
    await expect(denied(['get', 'namespaces'])).rejects.toThrow(KubectlFailed);
    await expect(denied(['get', 'namespaces'])).rejects.toThrow(/kubectl get namespaces/);
  });
});
