import { describe, expect, test } from 'vitest';
import { inOrder, type Task } from './order.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function record(tasks: readonly Task[], atOnce = 4, failing = '') {
  const log: string[] = [];
  let most = 0;
  let now = 0;
  const outcomes = await inOrder(tasks, atOnce, async ({ id }) => {
    most = Math.max(most, ++now);
    log.push(`+${id}`);
    await tick();
    now--;
    log.push(`-${id}`);
    if (id === failing) throw new Error('no');
  });
  return { log, most, states: Object.fromEntries(outcomes.map(({ task, state }) => [task.id, state])) };
}

describe('inOrder', () => {
  test('begins nothing before what it needs has ended, and runs the rest side by side', async () => {
    const { log, most } = await record([
      { id: 'cluster', needs: ['network', 'key'] },
      { id: 'network', needs: [] },
      { id: 'key', needs: [] },
    ]);
    expect(log).toEqual(['+network', '+key', '-network', '-key', '+cluster', '-cluster']);
    expect(most).toBe(2);
  });

  test('lets those of one turn wait for each other', async () => {
    const tasks = ['a', 'b', 'c'].map((id) => ({ id, needs: [], turn: 'policy' }));
    expect((await record(tasks)).most).toBe(1);
  });

  test('runs no more at once than allowed', async () => {
    const tasks = Array.from({ length: 9 }, (_, index) => ({ id: `t${index}`, needs: [] }));
    expect((await record(tasks, 3)).most).toBe(3);
  });

  test('skips what needs a failure, and still does the rest', async () => {
    const tasks = [
      { id: 'a', needs: [] },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b'] },
      { id: 'd', needs: [] },
    ];
    expect((await record(tasks, 2, 'a')).states).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'done' });
  });

  test('refuses a circle and a need that is not there', async () => {
    const circle = [
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: ['a'] },
    ];
    await expect(record(circle)).rejects.toThrow('these need each other: a, b');
    await expect(record([{ id: 'a', needs: ['z'] }])).rejects.toThrow('a needs z');
  });
});
