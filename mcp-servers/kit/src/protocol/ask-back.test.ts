import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsServer } from '../testing/agents.fixture.ts';
import { type Issuer, startIssuer } from '../testing/issuer.ts';
import { type ServerUnderTest, startForTest } from '../testing/start.ts';
import { AskBack } from './ask-back.ts';

let issuer: Issuer;
let server: ServerUnderTest;
let ana: string;
beforeAll(async () => {
  issuer = await startIssuer();
  ana = await issuer.sign({ scope: 'agents:read' });
  const environment = {
    MCP_AUTHENTICATION: 'oauth',
    MCP_ISSUER: issuer.url,
    MCP_RESOURCE_URL: 'https://agents.example/mcp',
    MCP_CURSOR_KEY: 'k'.repeat(32),
  };
  server = await startForTest(agentsServer, environment, ana);
});
afterAll(async () => {
  await server.stop();
  await issuer.stop();
});

const post = (token: string, message: object, session?: string) =>
  fetch(server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });

const initialize = (capabilities: object) => ({
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } },
});
const pick = { id: 1, method: 'tools/call', params: { name: 'pick', arguments: { name: 'agent-1' } } };

/** The messages of a stream, one at a time. */
async function* messagesOf(response: Response): AsyncGenerator<{ id?: string; method?: string; result?: object }> {
  let rest = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: {')) yield JSON.parse(line.slice(6)) as { id?: string };
  }
}

test('a client that cannot be asked gets no session', async () => {
  expect((await post(ana, initialize({}))).headers.get('mcp-session-id')).toBeNull();
});

test('two calls at once each get the reply to their own question, from the caller that was asked alone', async () => {
  const session = (await post(ana, initialize({ elicitation: {} }))).headers.get('mcp-session-id') ?? '';
  expect(session).not.toBe('');
  const streams = await Promise.all([post(ana, pick, session), post(ana, pick, session)]);
  const messages = streams.map(messagesOf);
  const asked = await Promise.all(messages.map(async (stream) => (await stream.next()).value));
  const [first = '', second = ''] = asked.map((question) => String(question?.id));
  expect(asked).toMatchObject([{ method: 'elicitation/create' }, { method: 'elicitation/create' }]);
  expect(first).not.toBe(second);

  const bob = await issuer.sign({ sub: 'bob', scope: 'agents:read' });
  const choose = (choice: string) => ({ action: 'accept', content: { choice } });
  expect((await post(bob, { id: first, result: choose('agent-13') })).status).toBe(202);
  expect((await post(ana, { id: second, result: choose('agent-12') })).status).toBe(202);
  expect((await post(ana, { id: first, result: choose('agent-11') })).status).toBe(202);
  const answers = await Promise.all(messages.map(async (stream) => (await stream.next()).value));
  expect(answers).toMatchObject([
    { id: 1, result: { structuredContent: { picked: 'agent-11 for agent-1' } } },
    { id: 1, result: { structuredContent: { picked: 'agent-12 for agent-1' } } },
  ]);
});

test('a server that ends leaves no question open', () => {
  const asks = new AskBack();
  const got: unknown[] = [];
  const transport = asks.route('ana', {
    start: async () => {},
    close: async () => {},
    send: async () => {},
    onmessage: (message) => got.push(message),
  });
  return transport.send({ jsonrpc: '2.0', id: 4, method: 'elicitation/create' }).then(() => {
    asks.end();
    expect(got).toMatchObject([{ id: 4, error: { message: 'The server ends' } }]);
  });
});
