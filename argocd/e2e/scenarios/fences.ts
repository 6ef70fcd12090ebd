import { describe, expect, test, vi } from 'vitest';
import { gitRepository } from '../../../testbed/servers/git.ts';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import type { Installed } from '../installed.ts';
import { identities, live, patience, push, reasons, settled, stateOf } from '../live.ts';

export function fencesScenario(dev: () => Installed) {
  describe('an AppProject refuses', () => {
    const role: KubernetesResource = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'foreign', namespace: 'superagi' },
      rules: [],
    };
    const clusterRole: KubernetesResource = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'foreign' },
      rules: [],
    };
    const elsewhere: KubernetesResource = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'foreign', namespace: 'kube-system' },
      data: {},
    };

    test('kinds and namespaces that dist/ does not hold', async () => {
      const before = await identities(dev());
      const commit = await push(dev(), {
        'memory/Role-foreign.yaml': { ...role },
        'gateway/ClusterRole-foreign.yaml': { ...clusterRole },
        'mcp-servers/ConfigMap-foreign.yaml': { ...elsewhere },
      });
      await vi.waitFor(async () => {
        const all = await reasons(dev());
        expect(all).toMatch(
          /Role superagi\/foreign: .*rbac\.authorization\.k8s\.io:Role is not permitted in project orchestra/,
        );
        expect(all).toMatch(/ClusterRole .*foreign: .*ClusterRole is not permitted in project orchestra/);
        expect(all).toMatch(
          /ConfigMap kube-system\/foreign: namespace kube-system is not permitted in project 'orchestra'/,
        );
      }, patience);
      for (const object of [role, clusterRole, elsewhere])
        expect(await live(dev(), object), object.kind).toBeUndefined();
      await settled(dev(), await dev().revert(commit));
      expect(await identities(dev())).toEqual(before);
    });

    test('other repositories, and the default project refuses everything', async () => {
      const other = await gitRepository();
      try {
        await other.commit({
          'dist/dev/memory/configmap.yaml': JSON.stringify({
            ...elsewhere,
            metadata: { name: 'foreign', namespace: 'superagi' },
          }),
        });
        const application = (name: string, project: string, repoURL: string): KubernetesResource => ({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name, namespace: 'argocd' },
          spec: {
            project,
            source: { repoURL, path: 'dist/dev/memory', targetRevision: 'HEAD' },
            destination: { server: 'https://kubernetes.default.svc', namespace: 'superagi' },
            syncPolicy: { automated: { enabled: true } },
          },
        });
        const foreign = application('foreign', 'orchestra', other.url);
        const homeless = application('homeless', 'default', dev().repository.url);
        await dev().client.apply(foreign);
        await dev().client.apply(homeless);
        await vi.waitFor(async () => {
          expect((await stateOf(dev(), 'foreign')).message).toContain(
            `application repo ${other.url} is not permitted in project 'orchestra'`,
          );
          expect((await stateOf(dev(), 'homeless')).message).toContain(
            `application repo ${dev().repository.url} is not permitted in project 'default'`,
          );
        }, patience);
        await dev().objects.delete(foreign);
        await dev().objects.delete(homeless);
        expect(
          await live(dev(), { ...elsewhere, metadata: { name: 'foreign', namespace: 'superagi' } }),
        ).toBeUndefined();
      } finally {
        await other.stop();
      }
    });
  });
}
