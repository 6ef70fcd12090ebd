import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failuresWithoutFixture, inspect, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryServer } from './src/server.ts';
import { type MemoryServiceForTests, startMemoryService } from './src/testing/memory-service.fixture.ts';

let service: MemoryServiceForTests;
let environment: Record<string, string>;

beforeAll(async () => {
  service = await startMemoryService();
  const token = join(service.folder, 'laptop');
  writeFileSync(token, await service.podToken('laptop', 'memory'));
  environment = {
    MEMORY_URL: service.url,
    MEMORY_TOKEN_FILE: token,
    MCP_MEMORY_TOOLS: 'both',
    MCP_RATE_LIMIT_PER_SECOND: '1000',
  };
});
afterAll(() => service.stop());

test('the server conforms to both revisions, as far as can be told without a fixture', async () => {
  const server = await startForTest(memoryServer, environment);
  const { passed, failed } = await failuresWithoutFixture(server.url);
  await server.stop();
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(0);
});

test("the inspector's command line sees the tools over HTTP and stdio", async () => {
  const server = await startForTest(memoryServer, environment);
  await server.call('remember', { memories: [{ text: 'Ana likes tea', tier: 'long' }] });
  const stdio = {
    command: [process.execPath, join(import.meta.dirname, 'src/main.ts')],
    env: { ...environment, MCP_AUDIT_LOG: 'off' },
  };
  for (const target of [{ url: server.url }, stdio]) {
    const listed = await inspect(target, 'tools/list');
    expect(listed.result, listed.stderr).toMatchObject({ tools: expect.any(Array) });
    expect((listed.result as { tools: unknown[] }).tools).toHaveLength(18);
    const called = await inspect(target, 'tools/call', { name: 'recall', arguments: { query: 'tea' } });
    expect([called.exitCode, JSON.stringify(called.result)]).toEqual([0, expect.stringContaining('Ana likes tea')]);
  }
  await server.stop();
});
