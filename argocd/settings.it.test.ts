/** Whether Argo CD, of the pinned version, knows the settings that dist/ gives it: one that it does not know does nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { downloadModule, pinnedModule } from '../testbed/crds/go-module.ts';
import { argocd } from '../testbed/servers/argocd/programs.ts';
import { clusterFolders, storedObjects } from '../testing/clusters.ts';

describe.each(clusterFolders)('the settings of %s', (folder) => {
  let release: string;
  const configMaps = storedObjects(folder)
    .map(({ object }) => object)
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.namespace === 'argocd');
  const keysOf = (name: string) =>
    Object.keys(configMaps.find(({ metadata }) => metadata.name === name)?.data as Record<string, string>);
  /** Keys that stand in a file of the release, there as an example or as the source of a variable. */
  const known = (keys: readonly string[], ...file: string[]) => {
    const text = readFileSync(join(release, ...file), 'utf8');
    return keys.filter((key) => new RegExp(`(^|[\\s#"])${key.replaceAll('.', '\\.')}("|:|\\s|$)`, 'm').test(text));
  };

  beforeAll(async () => {
    const pinned = await pinnedModule('github.com/argoproj/argo-cd/v3');
    expect(pinned.version).toBe(`v${argocd.version}`);
    release = await downloadModule(pinned);
  });

  test('are in its manual', () => {
    const keys = keysOf('argocd-cm').filter((key) => !key.startsWith('resource.customizations.health.'));
    expect(keys.length).toBeGreaterThan(5);
    expect(known(keys, 'docs', 'operator-manual', 'argocd-cm.yaml')).toEqual(keys);
    const rbac = keysOf('argocd-rbac-cm');
    expect(known(rbac, 'docs', 'operator-manual', 'argocd-rbac-cm.yaml')).toEqual(rbac);
  });

  test('are read by the components that it installs', () => {
    const keys = keysOf('argocd-cmd-params-cm');
    expect(keys.length).toBeGreaterThan(0);
    expect(known(keys, 'manifests', 'install.yaml')).toEqual(keys);
    expect(known(['controller.no.such.setting'], 'manifests', 'install.yaml')).toEqual([]);
  });
});
