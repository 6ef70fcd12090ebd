import { expect, test } from 'vitest';
import { longestText } from '../src/api/values.ts';
import type { Given } from './contract.ts';
import { Caller } from './subject.ts';

const json = { 'content-type': 'application/json' };
const create = (memory: unknown) => ({ body: { memories: [memory] } });

export function refusals(given: Given): void {
  test('all mistakes are told at once, each with its place', async () => {
    const caller = await Caller.of(given());
    const { status, headers, body } = await caller.send('createMemories', {
      body: { memories: [{ text: ' ', tier: 'medium', importance: 2, colour: 'red' }], 'a/b': 1 },
      headers: { 'idempotency-key': 'with space' },
    });
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
    const errors = body.errors as { pointer: string; given: string; allowed: string }[];
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(
      [
        '/a~1b',
        '/memories/0/colour',
        '/memories/0/importance',
        '/memories/0/text',
        '/memories/0/tier',
        'header/idempotency-key',
      ].toSorted(),
    );
    expect(errors).toContainEqual({
      pointer: '/memories/0/tier',
      given: '"medium"',
      allowed: '"short" | "mid" | "long" | "semantic"',
    });
    expect(errors).toContainEqual({ pointer: '/memories/0/importance', given: '2', allowed: 'at most 1' });
  });

  test.each([
    ['what is not JSON', '{"memories":', 400],
    ['JSON that is too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 400],
    ['a member __proto__', '{"__proto__":{"admin":true}}', 400],
    ['half a surrogate pair', '{"memories":[{"text":"\\ud800"}]}', 400],
    ['U+0000', '{"memories":[{"text":"a\\u0000b"}]}', 400],
    ['no body at all', '', 400],
  ])('%s', async (_what, body, expected) => {
    const caller = await Caller.of(given());
    const { status, body: problem } = await caller.raw('/v1/memories', { method: 'POST', body, headers: json });
    expect([status, problem.code]).toEqual([expected, 'invalid-request']);
  });

  test('bytes that are no UTF-8', async () => {
    const caller = await Caller.of(given());
    const bytes = new Uint8Array([...Buffer.from('{"memories":[{"text":"'), 0xff, ...Buffer.from('"}]}')]);
    const { status } = await caller.raw('/v1/memories', { method: 'POST', body: bytes, headers: json });
    expect(status).toBe(400);
  });

  test('another media type, or a compressed body', async () => {
    const caller = await Caller.of(given());
    const send = (headers: Record<string, string>) =>
      caller.raw('/v1/memories', { method: 'POST', body: '{}', headers });
    const answers = [await send({ 'content-type': 'text/plain' }), await send({ ...json, 'content-encoding': 'gzip' })];
    expect(answers.map(({ status }) => status)).toEqual([415, 415]);
  });

  test('a caller that takes no JSON', async () => {
    const caller = await Caller.of(given());
    const { status } = await caller.raw('/v1/stats', { headers: { accept: 'text/html' } });
    expect(status).toBe(406);
    expect((await caller.raw('/v1/stats', { headers: { accept: 'text/html, */*;q=0.1' } })).status).toBe(200);
  });

  test('a path that is not there, and a method that is not for it', async () => {
    const caller = await Caller.of(given());
    expect((await caller.raw('/v2/memories')).status).toBe(404);
    expect((await caller.raw(`/v1/memories/${crypto.randomUUID()}:explode`, { method: 'POST' })).status).toBe(404);
    const wrong = await caller.raw('/v1/memories', { method: 'PUT', body: '{}', headers: json });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    const verb = await caller.raw(`/v1/memories/${crypto.randomUUID()}:pin`);
    expect([verb.status, verb.body.code]).toEqual([400, 'invalid-request']);
    expect((await caller.raw('/v1/sessions/%ff')).status).toBe(400);
  });

  test('headers that are too large', async () => {
    const caller = await Caller.of(given());
    const { status, body } = await caller.raw('/v1/stats', { headers: { 'x-large': 'x'.repeat(20_000) } });
    expect([status, body.code]).toEqual([431, 'headers-too-large']);
  });

  test('no token, and a wrong one', async () => {
    const caller = await Caller.of(given());
    for (const authorization of ['', 'Basic YTpi', 'Bearer not.a.token']) {
      const { status, headers } = await caller.raw('/v1/stats', { headers: { authorization } });
      expect([authorization, status]).toEqual([authorization, 401]);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="memory"/);
    }
  });

  test('a permission that the token lacks', async () => {
    const reader = await Caller.of(given(), undefined, ['read']);
    expect((await reader.send('createMemories', create({ text: 'x' }))).status).toBe(403);
    expect((await reader.ask('listMemories')).status).toBe(200);
    const writer = await Caller.of(given(), undefined, ['write']);
    expect((await writer.send('listMemories')).status).toBe(403);
  });

  test('a text is kept at its longest, and refused one byte beyond', async () => {
    const caller = await Caller.of(given());
    // Two bytes each.
    const longest = 'ü'.repeat(longestText / 2);
    const [memoryId = ''] = await caller.remember({ text: longest });
    expect((await caller.ask('getMemory', { params: { memoryId } })).body.text).toBe(longest);
    expect((await caller.send('createMemories', create({ text: `${longest}x` }))).status).toBe(400);
  });

  test('a body beyond the limit', async () => {
    const caller = await Caller.of(given());
    const body = JSON.stringify({ memories: [{ text: 'x'.repeat(1024 * 1024) }] });
    const { status, body: problem } = await caller.raw('/v1/memories', { method: 'POST', body, headers: json });
    expect([status, problem.code]).toEqual([413, 'too-large']);
  });

  test('a hundred memories are kept at once, a hundred and one are not', async () => {
    const caller = await Caller.of(given());
    const many = (n: number) => ({ body: { memories: Array.from({ length: n }, (_, i) => ({ text: `m ${i}` })) } });
    expect((await caller.ask('createMemories', many(100))).body.memories).toHaveLength(100);
    expect((await caller.send('createMemories', many(101))).status).toBe(400);
  });

  test('an ETag that is none, and a body where none belongs', async () => {
    const caller = await Caller.of(given());
    const [memoryId = ''] = await caller.remember({ text: 'x' });
    const params = { memoryId };
    const weak = await caller.send('updateMemory', {
      params,
      body: { importance: 1 },
      headers: { 'if-match': 'W/"1"' },
    });
    expect(weak.status).toBe(400);
    expect((await caller.send('pinMemory', { params, body: { pinned: true } })).status).toBe(400);
  });

  test('a session id that programs on the way would take for a step up', async () => {
    const caller = await Caller.of(given());
    expect((await caller.send('createSession', { body: { id: '..' } })).status).toBe(400);
  });

  test('a search by meaning needs an embedder', async () => {
    const caller = await Caller.of(given());
    const { embedder } = (await caller.ask('getStats')).body;
    const { status, body } = await caller.send('searchMemories', { body: { query: 'x', mode: 'vector' } });
    expect([status, body.code]).toEqual(embedder === null ? [422, 'no-embedder'] : [200, undefined]);
  });

  test('a session that exists already', async () => {
    const caller = await Caller.of(given());
    const id = await caller.session();
    const { status, body } = await caller.send('createSession', { body: { id } });
    expect([status, body.code]).toEqual([409, 'already-exists']);
  });
}
