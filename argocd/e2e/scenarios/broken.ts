import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { crdDocuments } from '../../../testbed/crds/sources.ts';
import type { KubernetesResource } from '../../../testbed/servers/kubernetes/client.ts';
import { applicationNames, folder, type Installed } from '../installed.ts';
import { identities, manifest, patience, push, reasons, settled, stateOf } from '../live.ts';

export function brokenScenario(dev: () => Installed) {
  describe('what is broken', () => {
    /**
     * Waits until the Applications say these things. Argo CD keeps an error of a repository to itself for three minutes, unless it
     * is told to look again.
     */
    const said = (messages: Readonly<Record<string, RegExp>>) =>
      vi.waitFor(
        async () => {
          await dev().refresh();
          for (const [name, message] of Object.entries(messages))
            expect((await stateOf(dev(), name)).message, name).toMatch(message);
        },
        { ...patience, interval: 3_000 },
      );

    test('deletes nothing: an empty folder, a folder that is gone, a truncated file', async () => {
      const before = await identities(dev());
      const names = (application: string) =>
        Object.keys(before)
          .filter((file) => file.startsWith(`${folder}/${application}/`))
          .map((file) => file.slice(folder.length + 1));
      const path = 'superagi/Deployment-superagi.yaml';
      const whole = stringify(manifest(dev(), path));
      const commit = await push(dev(), {
        ...Object.fromEntries(names('memory').map((file) => [file, null])),
        'memory/README.md': 'Nothing is left.\n',
        gateway: null,
        // Within a string.
        [path]: whole.slice(0, whole.indexOf('sync-wave: "') + 'sync-wave: "'.length),
      });
      await said({
        memory: /auto-sync will wipe out all resources/,
        gateway: /app path does not exist/,
        superagi: /unmarshal|yaml: /i,
      });
      expect(await identities(dev())).toEqual(before);

      // Then the cluster's folder as a whole, with the Applications in it.
      const all = await dev().push((files) => rmSync(join(files, 'dist', folder), { recursive: true }));
      await said(Object.fromEntries(applicationNames.map((name) => [name, /app path does not exist/])));
      expect(await identities(dev())).toEqual(before);

      await settled(dev(), await dev().revert(all, commit));
      expect(await identities(dev())).toEqual(before);
    });

    test('deletes nothing but itself: a kind that the cluster does not know', async () => {
      const before = await identities(dev());
      const [crd] = (await crdDocuments({ groups: ['monitoring.googleapis.com'] })).filter(
        ({ spec }) => spec.names.kind === 'ClusterRules',
      ) as unknown as [KubernetesResource];
      await dev().objects.delete(crd);
      const commit = await push(dev(), {
        'monitoring/ConfigMap-grafana-datasources.yaml': ({ metadata }) => {
          metadata.annotations = { ...(metadata.annotations as object), 'example.com/changed': 'yes' };
        },
      });
      await vi.waitFor(
        async () => expect(await reasons(dev())).toMatch(/ClusterRules monitoring\/orchestra: .*not found/),
        patience,
      );
      const after = await identities(dev());
      expect(Object.keys(before).filter((file) => after[file] !== before[file])).toEqual([
        `${folder}/monitoring/ClusterRules-orchestra.yaml`,
      ]);
      await dev().client.apply(crd);
      await settled(dev(), commit);
    });
  });
}
