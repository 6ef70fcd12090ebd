import { describe, expect, test, vi } from 'vitest';
import type { Installed } from '../installed.ts';
import { lastSyncs, live, manifest, patience, pods, push, settled, stored } from '../live.ts';

export function pushScenario(dev: () => Installed) {
  describe('a push', () => {
    test('of a replica count, an image and a key of a ConfigMap is live by itself, and nothing else restarts', async () => {
      const before = await pods(dev());
      const syncs = await lastSyncs(dev());
      const [gui, memory, policy] = [
        'superagi/Deployment-superagi-gui.yaml',
        'memory/Deployment-memory.yaml',
        'mcp-servers/ConfigMap-mcp-mongodb-policy.yaml',
      ] as const;
      const image = manifest(dev(), memory).spec.template.spec.containers[0].image.replace(/.{64}$/, 'b'.repeat(64));
      const from = performance.now();
      const commit = await push(dev(), {
        [gui]: ({ spec }) => {
          spec.replicas = 2;
        },
        [memory]: ({ spec }) => {
          spec.template.spec.containers[0].image = image;
        },
        [policy]: ({ data }) => {
          data['pushed.yaml'] = 'pushed: true\n';
        },
      });
      await vi.waitFor(async () => {
        expect((await live(dev(), stored(policy)))?.data).toHaveProperty(['pushed.yaml'], 'pushed: true\n');
        expect((await live(dev(), stored(gui)))?.spec).toMatchObject({ replicas: 2 });
        expect(JSON.stringify((await live(dev(), stored(memory)))?.spec)).toContain(image);
      }, patience);
      console.log(`live ${((performance.now() - from) / 1000).toFixed(1)} s after the push`);
      await settled(dev(), commit);

      const after = await pods(dev());
      const changed = ['superagi-gui', 'memory'];
      const uids = (list: typeof after, isOf: (workload: string) => boolean) =>
        list.filter(({ workload }) => isOf(workload)).map(({ uid }) => uid);
      const others = (workload: string) => !changed.includes(workload);
      expect(uids(after, others).sort()).toEqual(uids(before, others).sort());
      // Its old pod stays, a new one comes.
      const [old] = uids(before, (workload) => workload === 'superagi-gui');
      expect(uids(after, (workload) => workload === 'superagi-gui')).toHaveLength(2);
      expect(uids(after, (workload) => workload === 'superagi-gui')).toContain(old);
      // Every pod is of the new image.
      expect(after.filter(({ workload }) => workload === 'memory').map(({ images }) => images[0])).toEqual([image]);

      const again = await lastSyncs(dev());
      const synced = Object.keys(syncs).filter((name) => syncs[name] !== again[name]);
      expect(synced.sort()).toEqual(['mcp-servers', 'memory', 'superagi']);
    });
  });
}
