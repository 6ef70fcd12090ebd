import { describe, expect, test, vi } from 'vitest';
import type { Installed } from '../installed.ts';
import { identities, live, patience, push, reasons, settled, stateOf, stored } from '../live.ts';

export function removalScenario(dev: () => Installed) {
  describe('what leaves git', () => {
    const stateless = [
      'memory/Service-memory.yaml',
      'monitoring/ConfigMap-grafana-dashboards-mongodb.yaml',
      'mcp-servers/HorizontalPodAutoscaler-mcp-weaviate.yaml',
      'platform/LimitRange-monitoring-defaults.yaml',
    ];
    const data = [
      'superagi/PersistentVolumeClaim-superagi-workspace.yaml',
      'dragonfly/StatefulSet-dragonfly.yaml',
      'mongodb/Service-mongodb.yaml',
      'platform/Namespace-monitoring.yaml',
      'argocd/Application-postgresql.yaml',
    ];

    test('is pruned where it can be made again, and stays where it holds data or where data stands on it', async () => {
      const before = await identities(dev());
      const commit = await push(dev(), Object.fromEntries([...stateless, ...data].map((path) => [path, null])));
      await vi.waitFor(async () => {
        for (const path of stateless) expect(await live(dev(), stored(path)), path).toBeUndefined();
      }, patience);
      // Every Application has been compared with this commit, and what was to do is done.
      const touched = [...new Set([...stateless, ...data].map((path) => path.split('/')[0] ?? ''))];
      await vi.waitFor(async () => {
        for (const name of touched)
          expect(await stateOf(dev(), name), name).toMatchObject({ revision: commit, phase: 'Succeeded' });
      }, patience);
      const after = await identities(dev());
      const gone = Object.keys(before).filter((file) => after[file] === undefined);
      expect(gone.sort()).toEqual(stateless.map((path) => `dev/${path}`).sort());
      expect(Object.keys(before).filter((file) => after[file] && after[file] !== before[file])).toEqual([]);

      const why = await reasons(dev());
      for (const path of data) {
        const { kind, metadata } = stored(path);
        const name = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
        expect(why, path).toContain(`${kind} ${name}: in the cluster, not in git`);
      }

      const reverted = await dev().revert(commit);
      await settled(dev(), reverted);
      const again = await identities(dev());
      expect(Object.keys(before).filter((file) => again[file] === undefined)).toEqual([]);
      for (const path of data) expect(again[`dev/${path}`], path).toBe(before[`dev/${path}`]);
    });
  });
}
