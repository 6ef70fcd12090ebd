/** Our health checks, run by Argo CD itself: as its controller does, without a cluster. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { downloadModule, pinnedModule } from '../../testbed/crds/go-module.ts';
import { provide } from '../../testbed/provide/provide.ts';
import { argocd } from '../../testbed/servers/argocd/programs.ts';
import { skipped } from '../../testbed/skip.ts';
import { clusterFolders, root } from '../../testing/clusters.ts';
import { healthChecks } from './checks.ts';
import { judgedByArgoCd, withoutHealth } from './kinds.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const examples = readdirSync(fixtures).flatMap((kind) =>
  readdirSync(join(fixtures, kind)).map((file) => ({ kind, file, status: file.split(/[-.]/)[0] ?? '' })),
);

describe.skipIf(skipped('argocd'))('health', () => {
  let command: string;
  const run = async (...args: string[]) => {
    const env = { ...process.env, ARGOCD_BINARY_NAME: 'argocd' };
    return (await promisify(execFile)(command, ['admin', ...args], { env, encoding: 'utf8' })).stdout;
  };
  const settings = (cluster: string) => [
    '--argocd-cm-path',
    join(root, 'dist', cluster, 'argocd/ConfigMap-argocd-cm.yaml'),
  ];

  beforeAll(async () => {
    ({ path: command } = await provide(argocd));
  });

  test.each(examples)('$kind: $file', async ({ kind, file, status }) => {
    const [cluster = ''] = clusterFolders;
    const answer = await run(
      'settings',
      'resource-overrides',
      'health',
      join(fixtures, kind, file),
      ...settings(cluster),
    );
    expect(/STATUS: (.*)/.exec(answer)?.[1]?.toLowerCase()).toBe(status);
  });

  test.each(clusterFolders)('the settings of %s are valid', async (cluster) => {
    const answer = await run('settings', 'validate', ...settings(cluster));
    expect(answer).not.toContain('❌');
    // One more than ours: what Argo CD itself ignores.
    expect(answer).toContain(`${Object.keys(healthChecks).length + 1} resource overrides`);
  });

  test('Argo CD has the checks that are said to be its own, and none of the others', async () => {
    const folder = join(
      await downloadModule(await pinnedModule('github.com/argoproj/argo-cd/v3')),
      'resource_customizations',
    );
    // Written in Go, in its engine.
    const compiled = [
      'PersistentVolumeClaim',
      'Service',
      'apps_Deployment',
      'apps_StatefulSet',
      'autoscaling_HorizontalPodAutoscaler',
      'batch_Job',
    ];
    const has = (kind: string) =>
      compiled.includes(kind) || existsSync(join(folder, kind.replace('_', '/'), 'health.lua'));
    expect(judgedByArgoCd.filter((kind) => !has(kind))).toEqual([]);
    // Replaced, each for a reason that its file says.
    expect([...Object.keys(withoutHealth), ...Object.keys(healthChecks)].filter(has)).toEqual([
      'autoscaling_HorizontalPodAutoscaler',
      'batch_Job',
    ]);
  });
});
