import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clusterFolders, storedObjects } from '../../testing/clusters.ts';
import { healthChecks } from './checks.ts';
import { judgedByArgoCd, withoutHealth } from './kinds.ts';

const kinds = [
  ...new Set(
    clusterFolders
      .flatMap(storedObjects)
      .map(({ object: { apiVersion, kind } }) =>
        apiVersion.includes('/') ? `${apiVersion.split('/')[0]}_${kind}` : kind,
      ),
  ),
].sort();

describe('health', () => {
  test('is known of every kind: by a check of ours, by Argo CD, or none for a reason', () => {
    const judges = kinds.map((kind) => [
      kind,
      [kind in healthChecks, judgedByArgoCd.includes(kind), kind in withoutHealth].filter(Boolean).length,
    ]);
    // Argo CD judges Jobs and autoscalers too; ours replaces its check.
    expect(judges.filter(([, judgements]) => judgements !== 1)).toEqual([]);
  });

  test('is said of no kind that is not there', () => {
    const said = [...Object.keys(healthChecks), ...judgedByArgoCd, ...Object.keys(withoutHealth)];
    expect(said.filter((kind) => !kinds.includes(kind))).toEqual([]);
  });

  test('has examples of each status for every check', () => {
    const folder = join(import.meta.dirname, 'fixtures');
    expect(readdirSync(folder).sort()).toEqual(Object.keys(healthChecks).sort());
    for (const [kind, script] of Object.entries(healthChecks)) {
      const shown = new Set(readdirSync(join(folder, kind)).map((file) => file.split(/[-.]/)[0]));
      const given = new Set([...script.matchAll(/status = "(\w+)"/g)].map(([, status]) => status?.toLowerCase()));
      expect(
        [...given].filter((status) => !shown.has(status)),
        kind,
      ).toEqual([]);
    }
  });
});
