import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { type Bed, startBed } from './testing/bed.fixture.ts';
import { fixture } from './translate.fixture.ts';

const main = join(import.meta.dirname, 'main.ts');

describe.skipIf(skipped('mongo-java-server'))('the process of the MongoDB server', () => {
  let bed: Bed;
  let folder: string;
  beforeAll(async () => {
    bed = await startBed(fixture);
    folder = mkdtempSync(join(tmpdir(), 'mcp-mongodb-'));
  });
  afterAll(async () => {
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ended(environment: Readonly<Record<string, string>>) {
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
  }

  test.each(['2026-07-28', undefined])('answers over standard input and output (%s)', async (pin) => {
    const client = new Client(
      { name: 'test', version: '1' },
      pin === undefined ? {} : { versionNegotiation: { mode: { pin } } },
    );
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [main],
        env: { ...bed.environment },
        stderr: 'ignore',
      }),
    );
    const { structuredContent } = await client.callTool({
      name: 'query',
      arguments: { question: 'Show all active agents' },
    });
    expect(structuredContent).toMatchObject({
      answered: true,
      rows: { rows: expect.arrayContaining([expect.objectContaining({ name: 'Agent 3' })]) },
    });
    await client.close();
  });

  test('ends with 2 and every mistake of its settings', async () => {
    const { code, out, err } = await ended({ MCP_CONFIDENCE: '7', MONGODB_TLS: 'x' });
    expect([code, out]).toEqual([2, '']);
    for (const name of ['MCP_CONFIDENCE', 'MONGODB_TLS', 'MONGODB_HOSTS', 'MONGODB_DATABASE'])
      expect(err).toContain(name);
  });

  test.each([
    [
      'MCP_POLICY_FILE',
      'version: 2\ncollections: { agents: { read: 7, hide: [a] } }',
      ['version', 'collections.agents.read', 'collections.agents.hide'],
    ],
    ['MCP_QUESTIONS_FILE', 'questions: [{ name: A B, title: x }]', ['questions.0.name', 'questions.0.question']],
    ['MCP_SYNONYMS_FILE', 'collections: [', ['line']],
  ])('ends with 2 and every mistake of %s', async (variable, text, told) => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, text);
    const { code, out, err } = await ended({ ...bed.environment, [variable]: file });
    expect([code, out]).toEqual([2, '']);
    for (const part of [file, ...told]) expect(err).toContain(part);
    expect(err).not.toContain('    at ');
    const none = await ended({ ...bed.environment, [variable]: join(folder, 'none.yaml') });
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('ENOENT')]);
  });
});
