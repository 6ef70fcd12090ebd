import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsServer } from './testing/agents.fixture.ts';
import { failuresWithoutFixture } from './testing/conformance.ts';
import { inspect } from './testing/inspector.ts';
import { type ServerUnderTest, startForTest } from './testing/start.ts';

const command = [process.execPath, join(import.meta.dirname, 'testing/agents.main.ts')];
let server: ServerUnderTest;
beforeAll(async () => {
  server = await startForTest(agentsServer, { MCP_RATE_LIMIT_PER_SECOND: '1000' });
});
afterAll(() => server.stop());

test('a server without the fixture passes every scenario that needs none', async () => {
  const { passed, failed } = await failuresWithoutFixture(server.url);
  console.log(`${passed} checks passed without a fixture`);
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(60);
});

test.each([
  ['HTTP', () => ({ url: server.url })],
  ['stdio', () => ({ command })],
])("the inspector's command line lists and calls tools over %s", async (_transport, target) => {
  const listed = await inspect(target(), 'tools/list');
  expect(listed).toMatchObject({
    exitCode: 0,
    result: { tools: [{ name: 'find' }, { name: 'wait' }, { name: 'pick' }, { name: 'rename' }] },
  });
  const called = await inspect(target(), 'tools/call', { name: 'find', arguments: { limit: 1 } });
  expect(called).toMatchObject({
    exitCode: 0,
    result: { structuredContent: { agents: { rows: [{ name: 'agent-0' }] } } },
  });
  const refused = await inspect(target(), 'tools/call', { name: 'find', arguments: { limit: 0 } });
  expect(refused).toMatchObject({ exitCode: 5, result: { isError: true } });
});
