import { describe, expect, test } from 'vitest';
import { waitForApplications } from './applications.ts';
import { StageFailed } from './stage.ts';

interface State {
  readonly sync?: string;
  readonly health?: string;
  readonly revision?: string;
  readonly phase?: string;
  readonly path?: string;
}

/** What kubectl prints of an application each time that it is asked. */
const item = (
  name: string,
  { sync = 'Synced', health = 'Healthy', revision = 'new', phase = 'Succeeded', path }: State,
) => ({
  metadata: { name },
  spec: { source: { path: path ?? `dist/dev/${name}` } },
  status: {
    sync: { status: sync, revision },
    health: { status: health },
    operationState: { phase, startedAt: '2026-11-23T00:00:00Z' },
    ...(health === 'Degraded' && {
      resources: [{ kind: 'Deployment', namespace: 'superagi', name, health: { status: health, message: 'no image' } }],
    }),
  },
});

/** One answer a look, the last for ever. */
async function wait(looks: readonly Readonly<Record<string, State>>[], timeout = 60_000) {
  const told: string[] = [];
  let look = 0;
  const kubectl = async () => {
    const states = looks[Math.min(look++, looks.length - 1)] ?? {};
    return JSON.stringify({ items: Object.entries(states).map(([name, state]) => item(name, state)) });
  };
  const has = async (running: string) => running === 'new';
  const options = { kubectl, folder: 'dev', expected: ['platform', 'memory'], has, timeout, interval: 1 };
  const outcome = await waitForApplications(options, (line) => told.push(line));
  return { outcome, told, looks: look };
}

describe('waiting', () => {
  test('ends when all are synced and healthy, and tells what changes meanwhile, once', async () => {
    const begun = { platform: { sync: 'OutOfSync' } };
    const { outcome, told, looks } = await wait([begun, begun, { platform: {} }, { platform: {}, memory: {} }]);
    expect(outcome).toBe('2 of 2 applications are synced and healthy');
    expect(looks).toBe(4);
    expect(told).toEqual([
      '0 of 2 applications are synced and healthy; waiting for platform (OutOfSync), memory (Missing)',
      '1 of 2 applications are synced and healthy; waiting for memory (Missing)',
    ]);
  });

  test.for([
    ['that runs an older commit', { revision: 'old' }],
    ['whose sync goes on', { phase: 'Running' }],
    ['that is not healthy', { health: 'Progressing' }],
  ] as const)('goes on for one %s', async ([, state]) => {
    expect(
      (
        await wait([
          { platform: {}, memory: state },
          { platform: {}, memory: {} },
        ])
      ).looks,
    ).toBe(2);
  });

  test('ends in time, and says of each that is not well what keeps it', async () => {
    const failed = wait([{ platform: {}, memory: { health: 'Degraded' } }], 0);
    await expect(failed).rejects.toThrow(StageFailed);
    await expect(failed).rejects.toThrow(
      /1 of 2 .*\nmemory: Synced, Degraded, at new: Deployment superagi\/memory: Degraded, no image/,
    );
  });

  test('does not take another environment for this one', async () => {
    const other = { platform: { path: 'dist/staging/platform' }, memory: { path: 'dist/staging/memory' } };
    await expect(wait([other])).rejects.toThrow('this cluster follows dist/staging, not dist/dev');
  });
});
