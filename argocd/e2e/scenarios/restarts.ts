import { describe, expect, test, vi } from 'vitest';
import type { Restartable } from '../../../testbed/servers/argocd/restartable.ts';
import type { Installed } from '../installed.ts';
import { identities, live, patience, pods, push, settled, stateOf, stored } from '../live.ts';

export function restartsScenario(dev: () => Installed) {
  describe('in the middle of a sync', () => {
    const parts: Readonly<Record<string, () => Pick<Restartable, 'kill' | 'restart'>>> = {
      'the repo-server': () => dev().argoCd.repoServer,
      'the controller': () => dev().argoCd.controller,
      Redis: () => dev().argoCd.redis,
      'the API server': () => dev().apiServer,
    };

    test.each(Object.keys(parts))(
      '%s is killed and started again: it ends synced, nothing is lost or doubled',
      async (part) => {
        const paths = ['superagi/ConfigMap-superagi-config.yaml', 'superagi/Service-superagi.yaml'];
        const before = await identities(dev());
        const podsBefore = await pods(dev());
        const commit = await push(
          dev(),
          Object.fromEntries(
            [...paths, 'superagi/Deployment-superagi-gui.yaml'].map((path) => [
              path,
              ({ metadata }) => {
                metadata.annotations = { ...(metadata.annotations as object), 'example.com/killed': part };
              },
            ]),
          ),
        );
        // The first wave is applied, and waves are to come.
        const killed = parts[part]?.();
        await vi.waitFor(
          async () => {
            expect((await live(dev(), stored(paths[0] ?? '')))?.metadata.annotations).toMatchObject({
              'example.com/killed': part,
            });
            expect(await stateOf(dev(), 'superagi')).toMatchObject({ phase: 'Running' });
          },
          { ...patience, interval: 50 },
        );
        await killed?.kill();
        await killed?.restart();
        await settled(dev(), commit);
        for (const path of [...paths, 'superagi/Deployment-superagi-gui.yaml'])
          expect((await live(dev(), stored(path)))?.metadata.annotations, path).toMatchObject({
            'example.com/killed': part,
          });
        expect(await identities(dev())).toEqual(before);
        expect((await pods(dev())).map(({ uid }) => uid).sort()).toEqual(podsBefore.map(({ uid }) => uid).sort());
      },
    );
  });
}
