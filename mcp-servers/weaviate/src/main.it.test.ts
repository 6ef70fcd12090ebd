import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { type Bed, createCollections, policyYaml, startBed } from './testing/collections.fixture.ts';

const main = join(import.meta.dirname, 'main.ts');

describe.skipIf(skipped('weaviate', 'embeddings'))('the process of the Weaviate server', () => {
  let bed: Bed;
  let folder: string;
  let policy: string;

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    folder = mkdtempSync(join(tmpdir(), 'mcp-weaviate-'));
    policy = join(folder, 'policy.yaml');
    writeFileSync(policy, policyYaml);
  });
  afterAll(async () => {
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ended = async (environment: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, 'close');
    return { code: code as number, out, err };
  };

  test.each(['2026-07-28', undefined])('answers over standard input and output (%s)', async (pin) => {
    const client = new Client(
      { name: 'test', version: '1' },
      pin === undefined ? {} : { versionNegotiation: { mode: { pin } } },
    );
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [main],
        env: { ...bed.environment, MCP_POLICY_FILE: policy },
        stderr: 'ignore',
      }),
    );
    const { structuredContent } = await client.callTool({
      name: 'search',
      arguments: { collection: 'Articles', query: 'espresso', limit: 1 },
    });
    expect(structuredContent).toMatchObject({ rows: { rows: [{ title: 'Coffee in Rome' }] } });
    await client.close();
  });

  test('ends with 2 and every mistake of its settings', async () => {
    const { code, out, err } = await ended({ MCP_ALPHA: '7', WEAVIATE_HTTP_PORT: 'x' });
    expect([code, out]).toEqual([2, '']);
    for (const name of ['MCP_ALPHA', 'WEAVIATE_HTTP_PORT', 'WEAVIATE_HTTP_HOST']) expect(err).toContain(name);
  });

  test('ends with 2 and every mistake of its policy', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, 'version: 1\ncollections: { Articles: { read: 7, hidden: [a] } }');
    const { code, out, err } = await ended({ ...bed.environment, MCP_POLICY_FILE: wrong });
    expect([code, out]).toEqual([2, '']);
    for (const told of [wrong, 'collections.Articles.read', 'hidden', 'See the reference']) expect(err).toContain(told);
    expect(err).not.toContain('    at ');
    const none = await ended({ ...bed.environment, MCP_POLICY_FILE: join(folder, 'none.yaml') });
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('ENOENT')]);
  });
});
