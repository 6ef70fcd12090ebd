import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { pinnedVersion } from '../../testbed/provide/go.ts';
import { externalSecretsCrds, externalSecretsRelease } from './external-secrets.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'crds-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

test('what is not what was pinned is refused, and not kept', async () => {
  const asked: string[] = [];
  const download = async (url: string) => {
    asked.push(url);
    return Buffer.from('something else');
  };
  for (const _ of [1, 2])
    await expect(externalSecretsCrds({ cache, download })).rejects.toThrow(/has the checksum .*, and .* was pinned/);
  expect(asked).toEqual(
    Array(2).fill(expect.stringContaining(`/v${externalSecretsRelease.version}/deploy/crds/bundle.yaml`)),
  );
});

test('is the release whose kinds the manifests were checked against', () => {
  expect(externalSecretsRelease.version).toBe(pinnedVersion('crds', 'github.com/external-secrets/external-secrets'));
});

test('the operator is the account that the bootstrap lets read values, and may not make tokens of others', () => {
  const objects = parseAllDocuments(readFileSync(join(import.meta.dirname, 'external-secrets.yaml'), 'utf8')).map(
    (document) =>
      document.toJS() as {
        kind: string;
        metadata: { name: string; namespace?: string };
        rules?: { resources: string[] }[];
      },
  );
  expect(objects).toContainEqual(
    expect.objectContaining({
      kind: 'ServiceAccount',
      metadata: { name: 'external-secrets', namespace: 'external-secrets' },
    }),
  );
  const resources = objects.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources));
  expect(resources).toContain('secrets');
  expect(resources.filter((resource) => /token|clusterrole|\*$/.test(resource))).toEqual(['*']);
});
