import { describe, expect, test, vi } from 'vitest';
import { applicationNames, type Installed } from '../installed.ts';
import { identities, patience, pods, push, reasons, settled, stateOf } from '../live.ts';
import { statusCommand } from '../status-command.ts';

export function refusalScenario(dev: () => Installed) {
  describe('a commit that the API server refuses', () => {
    test('leaves the rest healthy, says which object and why, and is healed by git revert alone', async () => {
      const before = await identities(dev());
      const podsBefore = await pods(dev());
      const commit = await push(dev(), {
        // An object that is there, and one that is new.
        'memory/Service-memory.yaml': ({ spec }) => {
          spec.ports[0].port = 70_000;
        },
        'monitoring/ConfigMap-bad.yaml': {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'bad', namespace: 'monitoring' },
          data: { 'not a key!': 'x' },
        },
      });
      await vi.waitFor(async () => {
        const why = await reasons(dev());
        expect(why).toMatch(/memory.*spec\.ports\[0\]\.port: Invalid value: 70000/s);
        expect(why).toMatch(/ConfigMap monitoring\/bad: .*not a key!/);
      }, patience);
      const others = applicationNames.filter((name) => !['memory', 'monitoring', 'argocd'].includes(name));
      await vi.waitFor(async () => {
        for (const name of others)
          expect(await stateOf(dev(), name), name).toMatchObject({
            sync: 'Synced',
            health: 'Healthy',
            revision: commit,
          });
      }, patience);
      const status = await statusCommand(dev());
      console.log(status.table);
      expect(status.code).toBe(1);
      expect(status.table).toMatch(/Invalid value: 70000/);
      expect(await identities(dev())).toEqual(before);
      expect(await pods(dev())).toEqual(podsBefore);

      await settled(dev(), await dev().revert(commit));
      expect(await identities(dev())).toEqual(before);
    });
  });
}
