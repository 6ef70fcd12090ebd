import { expect, test } from 'vitest';
import type { Given } from './contract.ts';
import { Caller } from './subject.ts';

export function sessions(given: Given): void {
  test('a session is made, read, changed, listed and deleted', async () => {
    const caller = await Caller.of(given());
    const made = await caller.ask('createSession', { body: { id: 'a b/ü:1', subjectId: 'ana', metadata: { a: 1 } } });
    expect(made.body).toMatchObject({ id: 'a b/ü:1', namespace: 'default', lastSequence: 0, version: 1 });
    const params = { sessionId: 'a b/ü:1' };
    const read = await caller.ask('getSession', { params });
    expect(read.body).toEqual(made.body);
    expect(read.headers.get('etag')).toBe('"1"');
    const changed = await caller.ask('updateSession', {
      params,
      body: { metadata: { b: 2 } },
      headers: { 'if-match': '"1"' },
    });
    expect(changed.body).toMatchObject({ metadata: { b: 2 }, version: 2 });
    const { body: page } = await caller.ask('listSessions', { query: { subjectId: 'ana' } });
    expect(page.sessions.map(({ id }) => id)).toEqual(['a b/ü:1']);
    await caller.ask('deleteSession', { params });
    expect((await caller.send('getSession', { params })).status).toBe(404);
  });

  test('messages keep their order and their numbers', async () => {
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session() };
    const message = (content: string) => ({ role: 'user', content });
    const first = await caller.ask('appendMessages', {
      params,
      body: { messages: [message('one'), message('two 🍵')] },
    });
    expect(first.body.messages.map(({ sequence }) => sequence)).toEqual([1, 2]);
    const second = await caller.ask('appendMessages', { params, body: { messages: [message('three')] } });
    expect(second.body.lastSequence).toBe(3);
    const { body } = await caller.ask('listMessages', { params, query: { after: 1 } });
    expect(body.messages.map(({ sequence, content }) => [sequence, content])).toEqual([
      [2, 'two 🍵'],
      [3, 'three'],
    ]);
  });

  test('a message is found by its words', async () => {
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session() };
    await caller.ask('appendMessages', {
      params,
      body: { messages: [{ role: 'user', content: 'The parrot is called Otto' }] },
    });
    expect(await caller.recall('parrot')).toEqual(['The parrot is called Otto']);
  });

  test('the same Idempotency-Key appends once, and another request under it is refused', async () => {
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session() };
    const headers = { 'idempotency-key': 'append-1' };
    const body = { messages: [{ role: 'user', content: 'once' }] };
    const first = await caller.ask('appendMessages', { params, body, headers });
    const again = await caller.ask('appendMessages', { params, body, headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = { messages: [{ role: 'user', content: 'another' }] };
    const refused = await caller.send('appendMessages', { params, body: other, headers });
    expect([refused.status, refused.body.code]).toEqual([409, 'idempotency-conflict']);
    const { body: page } = await caller.ask('listMessages', { params });
    expect(page.messages).toHaveLength(1);
  });

  test('working state is set, merged, compared and deleted', async () => {
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session(), key: 'plan' };
    const set = await caller.ask('putState', { params, body: { value: { steps: [1], by: 'x' } } });
    expect(set.headers.get('etag')).toBe('"1"');
    const merged = await caller.ask('patchState', { params, body: { merge: { by: null, done: true } } });
    expect(merged.body).toMatchObject({ value: { steps: [1], done: true }, version: 2 });
    expect(merged.body.value).not.toHaveProperty('by');
    const stale = await caller.send('putState', { params, body: { value: 1 }, headers: { 'if-match': '"1"' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'version-mismatch']);
    expect((await caller.ask('getState', { params })).body.version).toBe(2);
    await caller.ask('deleteState', { params, headers: { 'if-match': '"2"' } });
    expect((await caller.send('getState', { params })).status).toBe(404);
  });
}
