import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsServer } from '../testing/agents.fixture.ts';
import { type ServerUnderTest, startForTest } from '../testing/start.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startForTest(agentsServer, { MCP_RATE_LIMIT_PER_SECOND: '1000' });
});
afterAll(() => server.stop());

test('a resource that fails says nothing of what lies behind it; the log does', async () => {
  const error = await server.client.readResource({ uri: 'agents://broken/card' }).catch(String);
  expect(error).toContain('The server failed');
  expect(error).not.toMatch(/mongodb|secret/);
  expect(server.logged.join('\n')).toContain('db.internal');
});

test('arguments of a prompt are told with all their mistakes', async () => {
  const asked = server.client.getPrompt({ name: 'review_agent', arguments: { since: 'May', agnet: 'x' } });
  await expect(asked).rejects.toThrow(
    /2 arguments[\s\S]*- agent: given nothing[\s\S]*- agnet: given "x"; allowed: only agent, since/,
  );
});

test('what is not there is named', async () => {
  await expect(server.client.getPrompt({ name: 'nothing' })).rejects.toThrow('Prompt nothing not found');
  await expect(server.client.readResource({ uri: `agents://${'x'.repeat(3000)}` })).rejects.toThrow('2048');
  const ref = { type: 'ref/prompt', name: 'nothing' } as const;
  await expect(server.client.complete({ ref, argument: { name: 'x', value: '' } })).rejects.toThrow('not found');
});

test('arguments of tools are completed by the name of the tool', async () => {
  const ref = { type: 'ref/prompt', name: 'find' } as const;
  const { completion } = await server.client.complete({ ref, argument: { name: 'status', value: 'pa' } });
  expect(completion.values).toEqual(['paused']);
});
