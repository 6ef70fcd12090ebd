import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsServer } from './testing/agents.fixture.ts';
import { type ServerUnderTest, startForTest } from './testing/start.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startForTest(agentsServer);
});
afterAll(() => server.stop());

test('a tool answers as text and as data', async () => {
  const answer = await server.call('find', { limit: 2 });
  expect(answer.structuredContent).toMatchObject({
    agents: { trust: 'untrusted', rows: [{ name: 'agent-0' }, { name: 'agent-1' }] },
  });
  expect(answer.content).toMatchObject([
    { type: 'text', text: expect.stringContaining('agent-0 | active | number 0') },
  ]);
});
