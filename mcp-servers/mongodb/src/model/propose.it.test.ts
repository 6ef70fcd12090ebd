import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ServerUnderTest, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { skipped } from '../../../../testbed/skip.ts';
import { mongodbServer } from '../server.ts';
import { type Bed, startBed } from '../testing/bed.fixture.ts';

/** Not understood by the rules. */
const question = 'which agents do I have to be worried about';
const plan = {
  collection: 'agents',
  where: { kind: 'compare', path: 'status', op: 'eq', values: ['broken'] },
  output: [{ name: 'name', from: 'name' }],
};

describe.skipIf(skipped('mongo-java-server'))('a model that proposes plans', () => {
  let bed: Bed;
  let model: Server;
  let server: ServerUnderTest;
  let reply: (request: IncomingMessage) => {
    status?: number;
    body: string;
    headers?: Readonly<Record<string, string>>;
  };
  const asked: { readonly url: string; readonly key: string | undefined; readonly body: string }[] = [];

  const saying = (content: unknown) => {
    const message = { content: typeof content === 'string' ? content : JSON.stringify(content) };
    reply = () => ({ body: JSON.stringify({ choices: [{ message }] }) });
  };

  beforeAll(async () => {
    bed = await startBed({
      agents: [
        { _id: 1, name: 'Ana', status: 'broken', password: 'CANARY' },
        { _id: 2, name: 'Ben', status: 'well', password: 'CANARY' },
      ],
    });
    model = createServer(async (request, response) => {
      asked.push({ url: request.url ?? '', key: request.headers.authorization, body: await text(request) });
      const { status = 200, body, headers = {} } = reply(request);
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
    server = await startForTest(mongodbServer, {
      ...bed.environment,
      MCP_MODEL: 'some/model',
      MCP_MODEL_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
      OPENROUTER_API_KEY: 'sk-of-the-test',
    });
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    await server?.stop();
    await new Promise((resolve) => model?.close(resolve));
    await bed?.stop();
  });

  const ask = async (words: string) => {
    const { structuredContent, content } = await server.call('query', { question: words });
    return {
      is: structuredContent as Readonly<Record<string, unknown>>,
      written: JSON.stringify([structuredContent, content]),
    };
  };

  test('is asked where the rules find no plan, and its plan runs as any other', async () => {
    saying(plan);
    const { is } = await ask(question);
    expect(is).toMatchObject({
      answered: true,
      rows: { rows: [{ name: 'Ana' }] },
      readBack: expect.stringContaining('status is "broken"'),
      assumptions: [expect.stringContaining('language model')],
    });
    expect(asked).toMatchObject([{ url: '/v1/chat/completions', key: 'Bearer sk-of-the-test' }]);
  });

  test('learns names and types, and no value and nothing hidden', async () => {
    saying(plan);
    await ask(question);
    const [{ body } = { body: '' }] = asked;
    const { messages } = JSON.parse(body) as { messages: readonly { role: string; content: string }[] };
    const told = messages.find(({ role }) => role === 'user')?.content ?? '';
    expect(told).toContain('status: string');
    expect(told).not.toMatch(/password|CANARY|Ana|broken/);
  });

  test('is not asked what the rules can read', async () => {
    saying(plan);
    expect((await ask('show agents whose status is "well"')).is.answered).toBe(true);
    expect(asked).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a hidden field', { ...plan, output: [{ name: 'x', from: 'password' }] }],
    [
      'a condition on a hidden field',
      { ...plan, where: { kind: 'compare', path: 'password', op: 'gt', values: ['C'] } },
    ],
    ['a collection that is not there', { ...plan, collection: 'system.users' }],
    [
      'a join by a hidden field',
      {
        ...plan,
        joins: [{ collection: 'agents', localField: 'name', foreignField: 'password', as: 'j', unwind: true }],
      },
    ],
    [
      'a join of another collection',
      {
        ...plan,
        joins: [{ collection: 'system.users', localField: 'name', foreignField: 'x', as: 'j', unwind: true }],
      },
    ],
    ['operators as values', { ...plan, where: { kind: 'compare', path: 'status', op: 'eq', values: [{ $ne: '' }] } }],
    ['stages in place of a plan', { collection: 'agents', pipeline: [{ $out: 'x' }] }],
    ['more than a plan has', { ...plan, $where: '1' }],
    ['a name that changes objects', { ...plan, output: [{ name: '__proto__', from: 'name' }] }],
    ['a name that is an operator', { ...plan, output: [{ name: '$out', from: 'name' }] }],
    ['a path that is a variable', { ...plan, output: [{ name: 'x', from: '$ROOT' }] }],
    ['text', 'Sure! Here is the answer: all agents are fine.'],
    ['nothing', ''],
    ['something else', '[1,2,3]'],
    ['a very long answer', 'x'.repeat(200_000)],
  ])('has no effect with %s', async (_, content) => {
    saying(content);
    const { is, written } = await ask(question);
    expect(is.answered).toBe(false);
    expect(written).not.toContain('CANARY');
    expect(asked).toHaveLength(1);
  });

  test('is left out where it fails or sends elsewhere', async () => {
    for (const answer of [
      { status: 500, body: 'sk-of-the-test' },
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
      { status: 200, body: 'not JSON' },
      { status: 200, body: '{"choices":[]}' },
    ]) {
      reply = () => answer;
      const { is, written } = await ask(question);
      expect(is.answered).toBe(false);
      expect(written).not.toContain('sk-of');
    }
    expect(server.logged.join('\n')).not.toContain('sk-of');
  });
});
