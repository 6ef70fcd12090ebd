import { expect, test } from 'vitest';
import type { Given } from './contract.ts';
import { Caller } from './subject.ts';

export function expiry(given: Given): void {
  test('a memory lives up to its last millisecond, and no longer', async () => {
    const { clock } = given();
    const caller = await Caller.of(given());
    const [memoryId = ''] = await caller.remember({ text: 'short lived', ttlSeconds: 60 });
    const params = { memoryId };
    const expiresAt = Date.parse((await caller.ask('getMemory', { params })).body.expiresAt ?? '');
    clock.advance(expiresAt - clock.now() - 1);
    expect((await caller.send('getMemory', { params })).status).toBe(200);
    expect(await caller.recall('short lived')).toEqual(['short lived']);
    clock.advance(1);
    expect((await caller.send('getMemory', { params })).status).toBe(404);
    expect(await caller.recall('short lived')).toEqual([]);
    expect((await caller.ask('listMemories')).body.memories).toEqual([]);
  });

  test('a session lives on with each message', async () => {
    const { clock } = given();
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session({ ttlSeconds: 100 }) };
    const body = { messages: [{ role: 'user', content: 'still here' }] };
    for (let n = 0; n < 3; n++) {
      clock.advance(90_000);
      await caller.ask('appendMessages', { params, body });
    }
    expect((await caller.ask('listMessages', { params })).body.messages).toHaveLength(3);
    clock.advance(100_000);
    expect((await caller.send('getSession', { params })).status).toBe(404);
    expect((await caller.send('listMessages', { params })).status).toBe(404);
  });

  test('working state has a life of its own', async () => {
    const { clock } = given();
    const caller = await Caller.of(given());
    const params = { sessionId: await caller.session(), key: 'k' };
    await caller.ask('putState', { params, body: { value: 1, ttlSeconds: 30 } });
    clock.advance(30_000);
    expect((await caller.send('getState', { params })).status).toBe(404);
    expect((await caller.send('getSession', { params })).status).toBe(200);
  });
}
