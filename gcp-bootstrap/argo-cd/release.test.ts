import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moduleFolder } from '../../testbed/provide/go.ts';
import { argoCdManifest, argoCdRelease, WrongManifest } from './release.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'argo-cd-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

/** The release's own file: its Go module has it too. */
const released = async () =>
  readFileSync(join(await moduleFolder('argocd', 'github.com/argoproj/argo-cd/v3'), 'manifests/ha/install.yaml'));

test('the manifests are those of the pinned release, and are fetched once', async () => {
  const asked: string[] = [];
  const download = async (url: string) => {
    asked.push(url);
    return released();
  };
  const path = await argoCdManifest({ cache, download });
  expect(await argoCdManifest({ cache, download })).toBe(path);
  expect(asked).toEqual([
    `https://raw.githubusercontent.com/argoproj/argo-cd/v${argoCdRelease.version}/manifests/ha/install.yaml`,
  ]);
  expect(readFileSync(path, 'utf8')).toContain(`quay.io/argoproj/argocd:v${argoCdRelease.version}`);
});

test('what is not as pinned is not kept; what was changed in the cache is fetched again', async () => {
  const bad = async () => Buffer.from('kind: Namespace');
  await expect(argoCdManifest({ cache, download: bad })).rejects.toThrow(WrongManifest);
  const path = await argoCdManifest({ cache, download: released });
  writeFileSync(path, 'kind: Namespace');
  await expect(argoCdManifest({ cache, download: bad })).rejects.toThrow(/do not apply it/);
  expect(await argoCdManifest({ cache, download: released })).toBe(path);
});
