import { PatchStrategy } from '@kubernetes/client-node';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import { folder, type Installed } from '../installed.ts';
import { identities, live, manifest, patience, push, settled, stored, uidOf } from '../live.ts';

/** As `kubectl edit` changes an object. */
const edited = (dev: Installed, object: KubernetesResource, change: object) =>
  dev.objects.patch(
    { apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata, ...change },
    undefined,
    undefined,
    'kubectl-edit',
    undefined,
    PatchStrategy.MergePatch,
  );

export function driftScenario(dev: () => Installed) {
  describe('drift', () => {
    // Autoscalers look four times a minute: by the time of its test, this one has.
    beforeAll(() => dev().overload('memory'));
    // A sync that still waits for what the next test deletes would wait for ever.
    afterEach(async () => void (await settled(dev())));

    test('is put back, whatever was edited', async () => {
      const inGit = (path: string) => manifest(dev(), path) as unknown as KubernetesResource;
      const gui = inGit('superagi/Deployment-superagi-gui.yaml');
      const config = inGit('superagi/ConfigMap-superagi-config.yaml');
      const deny = inGit('platform/NetworkPolicy-superagi-default-deny.yaml');
      const quota = inGit('platform/ResourceQuota-superagi-quota.yaml');
      const settings = inGit('argocd/ConfigMap-argocd-cm.yaml');
      const { replicas } = gui.spec as { replicas: number };
      const [key = ''] = Object.keys(config.data as object);
      await edited(dev(), gui, { spec: { replicas: replicas + 3 } });
      await edited(dev(), config, { data: { [key]: 'edited' } });
      await edited(dev(), deny, { spec: { policyTypes: ['Egress'] } });
      await edited(dev(), quota, { spec: { hard: { pods: '1' } } });
      await edited(dev(), settings, { data: { 'exec.enabled': 'true' } });
      await vi.waitFor(async () => {
        for (const object of [gui, config, deny, quota, settings]) {
          const { apiVersion: _, kind, metadata, ...content } = object;
          expect(await live(dev(), object), `${kind} ${metadata.name}`).toMatchObject(content);
        }
      }, patience);
    });

    test('is put back, whatever was deleted; and the disks of a StatefulSet stay', async () => {
      const broker = stored('broker/StatefulSet-superagi-broker.yaml');
      const deleted = [
        broker,
        stored('memory/Service-memory.yaml'),
        stored('mcp-servers/Deployment-mcp-weaviate.yaml'),
        stored('secrets/ExternalSecret-grafana.yaml'),
        stored('monitoring/ConfigMap-grafana-datasources.yaml'),
        stored('argocd/Application-weaviate.yaml'),
      ];
      const claims = async () =>
        (await dev().client.list('v1', 'PersistentVolumeClaim')).map((claim) => [claim.metadata.name, uidOf(claim)]);
      const claimsBefore = await claims();
      const weaviate = uidOf(await live(dev(), stored('weaviate/StatefulSet-weaviate.yaml')));
      const before = await Promise.all(deleted.map(async (object) => uidOf(await live(dev(), object))));
      expect(before).not.toContain(undefined);
      for (const object of deleted) await dev().objects.delete(object);
      await vi.waitFor(async () => {
        for (const [index, object] of deleted.entries()) {
          const uid = uidOf(await live(dev(), object));
          expect(uid, `${object.kind} ${object.metadata.name}`).toBeDefined();
          expect(uid, `${object.kind} ${object.metadata.name}`).not.toBe(before[index]);
        }
      }, patience);
      expect(await claims()).toEqual(claimsBefore);
      // Its Application went and came back; what the Application holds was not touched.
      expect(uidOf(await live(dev(), stored('weaviate/StatefulSet-weaviate.yaml')))).toBe(weaviate);
    });

    test('is put back, also where Argo CD itself cannot do without it', async () => {
      const project = stored('argocd/AppProject-orchestra.yaml');
      const before = await identities(dev());
      await dev().objects.delete(project);
      await vi.waitFor(async () => expect(await live(dev(), project)).toBeDefined(), patience);
      const after = await identities(dev());
      expect(Object.keys(before).filter((file) => after[file] !== before[file])).toEqual([
        `${folder}/argocd/AppProject-orchestra.yaml`,
      ]);
    });

    test('is not what an autoscaler does: its number of pods stays, also when the Deployment is synced', async () => {
      const path = 'memory/Deployment-memory.yaml';
      const { maxReplicas } = stored('memory/HorizontalPodAutoscaler-memory.yaml').spec as { maxReplicas: number };
      const replicas = async () =>
        ((await live(dev(), stored(path)))?.spec as { replicas?: number } | undefined)?.replicas;
      await vi.waitFor(async () => expect(await replicas()).toBe(maxReplicas), patience);
      const commit = await push(dev(), {
        [path]: ({ metadata }) => {
          metadata.annotations = { ...(metadata.annotations as object), 'example.com/changed': 'yes' };
        },
      });
      await settled(dev(), commit);
      const deployment = await live(dev(), stored(path));
      expect(deployment?.metadata.annotations).toMatchObject({ 'example.com/changed': 'yes' });
      expect(await replicas()).toBe(maxReplicas);
    });
  });
}
