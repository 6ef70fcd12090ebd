import { join } from 'node:path';
import { failuresWithoutFixture, inspect, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../testbed/skip.ts';
import { mongodbServer } from './src/server.ts';
import { type Bed, startBed } from './src/testing/bed.fixture.ts';
import { fixture } from './src/translate.fixture.ts';

describe.skipIf(skipped('mongo-java-server'))('the MongoDB server', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await startBed(fixture);
  });
  afterAll(() => bed?.stop());

  test('conforms to both revisions, as far as can be told without a fixture', async () => {
    const server = await startForTest(mongodbServer, bed.environment);
    const { passed, failed } = await failuresWithoutFixture(server.url);
    await server.stop();
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });

  test("shows its tools to the inspector's command line, over HTTP and stdio", async () => {
    const server = await startForTest(mongodbServer, bed.environment);
    const stdio = {
      command: [process.execPath, join(import.meta.dirname, 'src/main.ts')],
      env: { ...bed.environment, MCP_AUDIT_LOG: 'off' },
    };
    for (const target of [{ url: server.url }, stdio]) {
      const listed = await inspect(target, 'tools/list');
      expect((listed.result as { tools: unknown[] } | undefined)?.tools, listed.stderr).toHaveLength(10);
      const called = await inspect(target, 'tools/call', {
        name: 'query',
        arguments: { question: 'Show all active agents' },
      });
      expect([called.exitCode, JSON.stringify(called.result)]).toEqual([0, expect.stringContaining('Agent 3')]);
    }
    await server.stop();
  });
});
