import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '@ai-orchestra/mcp-kit/testing';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { type Bed, database, startBed } from './testing/bed.fixture.ts';
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

  const url = () => `mongodb://${new URL(bed.mongodb.url).host}/${database}`;
  const question = { name: 'query', arguments: { question: 'Show all active agents' } };
  const answered = {
    answered: true,
    rows: { rows: expect.arrayContaining([expect.objectContaining({ name: 'Agent 3' })]) },
  };

  test('one command with a connection string, and nothing else, answers over standard input and output', async () => {
    // What the documentation tells a client.
    const root = join(import.meta.dirname, '../../..');
    const [, example = ''] = /```json\n(.*?)```/s.exec(readFileSync(join(root, 'docs/mcp.md'), 'utf8')) ?? [];
    const { mcpServers } = JSON.parse(example.replace('/path/to/ai-orchestra', root)) as {
      readonly mcpServers: Record<string, { command: string; args: string[]; env: Record<string, string> }>;
    };
    const { command = '', args = [], env = {} } = mcpServers.mongodb ?? {};
    expect(Object.keys(env)).toEqual(['MONGODB_URL']);
    const client = new Client({ name: 'test', version: '1' });
    const transport = new StdioClientTransport({
      command,
      args,
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', MONGODB_URL: url() },
      stderr: 'ignore',
    });
    await client.connect(transport);
    expect((await client.callTool(question)).structuredContent).toMatchObject(answered);
    await client.close();
  });

  test('a connection string answers over HTTP, and its login is written nowhere', async () => {
    // The database of this test has no users: a login fails there, and the words of that are the server's own.
    const withLogin = url().replace('mongodb://', 'mongodb://zoe:s3cret@');
    for (const [given, expected] of [
      [url(), { structuredContent: answered }],
      [withLogin, { isError: true }],
    ] as const) {
      const server = await startProcess(main, { MONGODB_URL: given, MCP_AUDIT_LOG: 'stderr', MCP_LOG_LEVEL: 'debug' });
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(new URL(server.url)));
      const answer = await client.callTool(question);
      expect(answer).toMatchObject(expected);
      await client.close();
      server.child.kill();
      expect(await server.exit).toBe(0);
      expect(server.told()).toContain('query');
      expect(`${JSON.stringify(answer)} ${server.told()}`).not.toMatch(/s3cret|zoe/);
    }
  });

  test('ends with 2 where the driver does not take the connection string, and tells no part of it', async () => {
    const { code, out, err } = await ended({ MONGODB_URL: 'mongodb://zoe:s3cret@host/shop?tls=maybe' });
    expect([code, out, err]).toEqual([2, '', expect.stringContaining('MONGODB_URL')]);
    expect(err).not.toMatch(/s3cret|zoe| {4}at /);
    const unknown = await ended({ MONGODB_URL: 'mongodb://host/shop?colour=blue' });
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('option colour is not supported')]);
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
  });

  test('ends with 2 where a file is not there', async () => {
    const { code, err } = await ended({ ...bed.environment, MCP_POLICY_FILE: join(folder, 'none.yaml') });
    expect([code, err]).toEqual([2, expect.stringContaining('ENOENT')]);
  });
});
