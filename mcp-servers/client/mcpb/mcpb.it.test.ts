import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { type Bed, createCollections, startBed } from '../../weaviate/src/testing/collections.fixture.ts';
import { makeBundle } from './bundle.ts';
import { ENTRY, manifestOf, optionName } from './manifest.ts';
import { bundledServer } from './servers.ts';

type Manifest = ReturnType<typeof manifestOf>;

/** What an application makes of a manifest: placeholders become what the person gave, or the default. */
function started({ server, user_config: options }: Manifest, folder: string, given: Readonly<Record<string, string>>) {
  const values = new Map<string, string>([['__dirname', folder]]);
  for (const [name, { default: unset }] of Object.entries(options)) {
    const value = given[name] ?? unset;
    if (value !== undefined) values.set(`user_config.${name}`, String(value));
  }
  const filled = (text: string) => text.replace(/\$\{([^}]+)\}/g, (all, name: string) => values.get(name) ?? all);
  const { args, env } = server.mcp_config;
  return {
    args: args.map(filled),
    env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filled(text)])),
  };
}

describe.skipIf(skipped('weaviate', 'embeddings'))('an .mcpb file', () => {
  let bed: Bed;
  let folder: string;

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    folder = mkdtempSync(join(tmpdir(), 'mcpb-test-'));
  });
  afterAll(async () => {
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is all that a server needs, and the same each time', async () => {
    const server = bundledServer('weaviate');
    const { path, sha256, bytes } = await makeBundle(server, folder);
    expect(bytes).toBeLessThan(5_000_000);
    expect((await makeBundle(server, join(folder, 'again'))).sha256).toBe(sha256);
    const installed = join(folder, 'installed');
    execFileSync('unzip', ['-q', path, '-d', installed]);
    const manifest = JSON.parse(readFileSync(join(installed, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest).toMatchObject({
      manifest_version: '0.3',
      name: 'mcp-weaviate',
      server: { type: 'node', entry_point: ENTRY },
    });
    expect(readFileSync(join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8')).toContain('weaviate-client');

    const given = Object.fromEntries(Object.entries(bed.environment).map(([name, value]) => [optionName(name), value]));
    const { args, env } = started(manifest, installed, given);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args, env, cwd: installed, stderr: 'ignore' }),
    );
    expect((await client.listTools()).tools).toHaveLength(7);
    const search = {
      name: 'search',
      arguments: {
        collection: 'Articles',
        query: 'espresso',
        limit: 1,
        filter: { property: 'views', operator: 'greater_than', value: 1 },
      },
    };
    expect((await client.callTool(search)).structuredContent).toMatchObject({
      rows: { rows: [{ title: 'Coffee in Rome' }] },
    });
    const context = await client.callTool({
      name: 'get_context',
      arguments: { collection: 'Articles', query: 'tea', max_tokens: 100 },
    });
    expect(context.structuredContent).toMatchObject({ tokens: expect.any(Number) });
    await client.close();
  });

  test('tells an application every setting, and leaves none unfilled', () => {
    const server = bundledServer('weaviate');
    const manifest = manifestOf(server);
    const required = server.settings.filter((one) => one.required).map(({ name }) => optionName(name));
    expect(required).toEqual(['weaviate_http_host']);
    const { env } = started(manifest, '/x', { weaviate_http_host: 'localhost' });
    expect(Object.keys(env)).toEqual(server.settings.map(({ name }) => name));
    for (const value of Object.values(env)) expect(value).not.toContain('${');
    expect(manifest.user_config.weaviate_api_key).toMatchObject({ sensitive: true, default: '' });
    expect(manifest.user_config.weaviate_tls).toMatchObject({ type: 'boolean', default: false });
    expect(manifest.user_config.mcp_alpha).toMatchObject({ type: 'number', default: 0.5 });
    expect(manifest.user_config.mcp_policy_file).toMatchObject({ type: 'file' });
  });
});
