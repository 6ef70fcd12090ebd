import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startProcess } from './testing/process.ts';

const main = join(import.meta.dirname, 'testing/agents.main.ts');
const env = { ...process.env, MCP_AUDIT_LOG: 'off', MCP_LOG_LEVEL: 'error', MCP_RATE_LIMIT_PER_SECOND: '1000' };
const stdio = { command: process.execPath, args: [main], env: env as Record<string, string> };
const info = { name: 'test', version: '1' };

/** What a client of either era is asked, with the person that it stands for. */
interface Connected {
  call(
    name: string,
    args: Record<string, unknown>,
    more?: { signal?: AbortSignal; onprogress?: (told: Told) => void },
  ): Promise<Answer>;
  readonly client: Pick<Client | OldClient, 'close'> & {
    listTools(): Promise<{ tools: { name: string }[] }>;
    listPrompts(): Promise<{ prompts: { name: string }[] }>;
    getPrompt(params: { name: string; arguments: Record<string, string> }): Promise<{ messages: unknown[] }>;
    listResources(): Promise<{ resources: { uri: string }[] }>;
    readResource(params: { uri: string }): Promise<{ contents: unknown[] }>;
    complete(params: {
      ref: { type: 'ref/prompt'; name: string };
      argument: { name: string; value: string };
    }): Promise<{ completion: { values: string[] } }>;
  };
}
type Told = { progress: number; total?: number | undefined; message?: string | undefined };
type Answer = { isError?: boolean; structuredContent?: unknown; content: unknown };

let server: ServerProcess;
beforeAll(async () => {
  server = await startProcess(main, { MCP_RATE_LIMIT_PER_SECOND: '1000' });
});
afterAll(async () => {
  server.child.kill();
  await server.exit;
});

/** What the person says to a question. */
type Person = (params: unknown) => 'accept' | 'decline';

const replyOf = (person: Person, params: unknown) => {
  const action = person(params);
  return action === 'accept' ? { action, content: { choice: 'agent-1' } } : { action };
};

async function newEra(
  transport: () => StreamableHTTPClientTransport | StdioClientTransport,
  person?: Person,
): Promise<Connected> {
  const client = new Client(info, {
    capabilities: person === undefined ? {} : { elicitation: { form: {} } },
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  if (person !== undefined) client.setRequestHandler('elicitation/create', ({ params }) => replyOf(person, params));
  await client.connect(transport());
  return {
    client,
    call: (name, args, more = {}) => client.callTool({ name, arguments: args }, more) as Promise<Answer>,
  };
}

async function oldEra(transport: () => OldStdio | OldHttp, person?: Person): Promise<Connected> {
  const client = new OldClient(info, { capabilities: person === undefined ? {} : { elicitation: {} } });
  if (person !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => replyOf(person, params));
  await client.connect(transport());
  return {
    client,
    call: (name, args, more = {}) => client.callTool({ name, arguments: args }, undefined, more) as Promise<Answer>,
  };
}

const connections: Record<string, (person?: Person) => Promise<Connected>> = {
  '2026-07-28 over HTTP': (person) => newEra(() => new StreamableHTTPClientTransport(new URL(server.url)), person),
  '2026-07-28 over stdio': (person) => newEra(() => new StdioClientTransport({ ...stdio, stderr: 'ignore' }), person),
  '2025-11-25 over HTTP': (person) => oldEra(() => new OldHttp(new URL(server.url)), person),
  '2025-11-25 over stdio': (person) => oldEra(() => new OldStdio({ ...stdio, stderr: 'ignore' }), person),
};

describe.each(Object.keys(connections))('a client of %s', (name) => {
  const connect = connections[name] as (person?: Person) => Promise<Connected>;
  let connected: Connected;
  beforeAll(async () => {
    connected = await connect();
  });
  afterAll(() => connected.client.close());

  test('lists and calls tools, prompts and resources, and completes', async () => {
    const { client, call } = connected;
    expect((await client.listTools()).tools.map((tool) => tool.name)).toEqual(['find', 'wait', 'pick', 'rename']);
    expect(await call('find', { status: 'active', limit: 2 })).toMatchObject({
      structuredContent: { agents: { trust: 'untrusted', rows: [{ name: 'agent-0' }, { name: 'agent-3' }] } },
    });
    expect((await client.listPrompts()).prompts).toMatchObject([
      {
        name: 'review_agent',
        arguments: [
          { name: 'agent', required: true },
          { name: 'since', required: false },
        ],
      },
    ]);
    expect(await client.getPrompt({ name: 'review_agent', arguments: { agent: 'agent-7' } })).toMatchObject({
      messages: [{ content: { text: 'Review what agent-7 did since ever.' } }],
    });
    expect((await client.listResources()).resources).toMatchObject([{ uri: 'agents://statuses' }]);
    expect(await client.readResource({ uri: 'agents://agent-1/card' })).toMatchObject({
      contents: [{ mimeType: 'text/plain', text: expect.stringContaining('![x] (http://evil.example') }],
    });
    const ref = { type: 'ref/prompt', name: 'review_agent' } as const;
    expect(await client.complete({ ref, argument: { name: 'agent', value: 'agent-49' } })).toMatchObject({
      completion: {
        values: [
          'agent-49',
          'agent-490',
          'agent-491',
          'agent-492',
          'agent-493',
          'agent-494',
          'agent-495',
          'agent-496',
          'agent-497',
          'agent-498',
          'agent-499',
        ],
      },
    });
  });

  test('reads on with a cursor, and is told its mistakes as an answer', async () => {
    const first = (await connected.call('find', { limit: 3 })).structuredContent as { agents: { cursor: string } };
    const next = await connected.call('find', { limit: 3, cursor: first.agents.cursor });
    expect(next).toMatchObject({ structuredContent: { agents: { rows: [{ name: 'agent-3' }, {}, {}] } } });
    const wrong = await connected.call('find', { limit: 0, status: 'gone' });
    expect(wrong).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/limit: given 0.*\n.*|status: given "gone"/) }],
    });
    await expect(connected.call('nothing', {})).rejects.toThrow('Tool nothing not found');
    await expect(connected.client.readResource({ uri: 'agents://nobody/card' })).rejects.toThrow(
      'There is no agent nobody',
    );
    await expect(connected.client.readResource({ uri: 'other://x' })).rejects.toThrow();
  });

  test('hears how far a call is, in order', async () => {
    const told: Told[] = [];
    await connected.call('wait', { milliseconds: 500 }, { onprogress: (one) => told.push(one) });
    // A client drops what reaches it together with the answer, as the last steps here may.
    expect(told.length).toBeGreaterThan(0);
    expect(told.map(({ progress }) => progress)).toEqual([0, 1, 2].slice(0, told.length));
    expect(told[0]).toMatchObject({ total: 2, message: 'begun' });
  });

  test('cancels a call, which then ends', async () => {
    const abort = new AbortController();
    const call = connected.call(
      'wait',
      { milliseconds: 600_000 },
      { signal: abort.signal, onprogress: () => abort.abort() },
    );
    await expect(call).rejects.toThrow();
  });

  test('without a person gets the candidates', async () => {
    expect(await connected.call('pick', { name: 'agent-1' })).toMatchObject({
      structuredContent: { candidates: ['agent-1', 'agent-10', 'agent-11', 'agent-12', 'agent-13'] },
    });
  });

  test('with a person asks it, and goes on with what it chose', async () => {
    const asked: unknown[] = [];
    const { client, call } = await connect((params) => {
      asked.push(params);
      return 'accept';
    });
    expect(await call('pick', { name: 'agent-1' })).toMatchObject({
      structuredContent: { picked: 'agent-1 for agent-1' },
    });
    expect(asked).toMatchObject([
      {
        message: 'Which agent-1?',
        requestedSchema: {
          properties: { choice: { oneOf: [{ const: 'agent-1', title: 'The agent agent-1' }, {}, {}, {}, {}] } },
        },
      },
    ]);
    await client.close();
  });

  test('whose person declines gets the candidates', async () => {
    const { client, call } = await connect(() => 'decline');
    const { structuredContent } = await call('pick', { name: 'agent-1' });
    expect(structuredContent).not.toHaveProperty('picked');
    expect(structuredContent).toMatchObject({ candidates: { length: 5 } });
    await client.close();
  });
});

test('a question that comes back with a state that nobody sealed is refused', async () => {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'pick',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'pick',
        arguments: { name: 'agent-1' },
        requestState: 'WzE3OTU0MDEzMTAsMV0.AAAAAAAAAAAAAAAAAAAAAA',
        inputResponses: { choice: { action: 'accept', content: { choice: 'agent-1' } } },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
        },
      },
    }),
  });
  expect(await response.json()).toMatchObject({ error: { code: -32_602, message: 'Invalid or expired requestState' } });
});
