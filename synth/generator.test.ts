import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../testing/clusters.ts';
import { generator, generatorId } from './generator.ts';

const { sources, libraries } = generator(root);
let copy: string;

/** The sources alone: nothing else is read. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'generator-'));
  const workspaces = [
    'configuration',
    'memory',
    'mcp-servers/kit',
    'mcp-servers/memory',
    'mcp-servers/mongodb',
    'mcp-servers/weaviate',
  ];
  for (const file of [
    ...sources,
    ...workspaces.map((name) => `${name}/package.json`),
    'package.json',
    'package-lock.json',
  ]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  mkdirSync(join(copy, 'node_modules/@ai-orchestra'), { recursive: true });
  for (const name of workspaces)
    symlinkSync(join(copy, name), join(copy, 'node_modules/@ai-orchestra', name.replace('mcp-servers/', 'mcp-')));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('the generator', () => {
  test('is the charts, what they import, the schema and the writer, with the libraries that render', () => {
    expect(sources).toEqual(
      expect.arrayContaining([
        'argocd/applications.ts',
        'charts/memory.ts',
        'charts/backup/scripts/weaviate.ts',
        'configuration/src/index.ts',
        'environments/schema.ts',
        'memory/src/config.ts',
        'synth/yaml.ts',
      ]),
    );
    expect(libraries.map((library) => library.split('@')[0])).toEqual(['cdk8s', 'constructs', 'zod']);
  });

  test('is neither settings, records, tests, types nor what reports', () => {
    const strangers =
      /^environments\/(?:dev|staging|prod)\.ts$|releases\/|\.test\.ts$|^imports\/|^synth\/(?:command|report)|^cli\//;
    expect(sources.filter((source) => strangers.test(source))).toEqual([]);
  });

  test('has the same id in another folder, and another one for every changed source', () => {
    const id = generatorId(copy);
    expect(id).toBe(generatorId(root));
    for (const source of ['charts/memory.ts', 'memory/src/config.ts', 'synth/yaml.ts']) {
      const before = generatorId(copy);
      appendFileSync(join(copy, source), '// changed\n');
      expect(generatorId(copy), source).not.toBe(before);
    }
  });
});
