import { describe, expect, test } from 'vitest';
import { type LiveApplication, parseApplications } from './application.ts';
import { applicationStatuses, followedClusters, isWell } from './status.ts';

const commit = 'a'.repeat(40);

const application = (name: string, status: object = {}, path = `dist/dev/${name}`) =>
  parseApplications({
    items: [{ metadata: { name, uid: 'x' }, spec: { source: { path }, project: 'x' }, status }],
  })[0] as LiveApplication;

const well = {
  sync: { status: 'Synced', revision: commit },
  health: { status: 'Healthy' },
  operationState: {
    phase: 'Succeeded',
    message: 'successfully synced (all tasks run)',
    startedAt: '2026-11-22T22:14:01Z',
    finishedAt: '2026-11-22T22:14:03Z',
    syncResult: { revision: commit, resources: [] },
  },
};
const statusOf = (status: object) => applicationStatuses(['memory'], [application('memory', status)], () => 0)[0];

describe('the status of an application', () => {
  test('is well when it is synced and healthy, and then needs no reason', () => {
    expect(statusOf(well)).toEqual({
      application: 'memory',
      sync: 'Synced',
      health: 'Healthy',
      running: commit,
      behind: 0,
      operation: {
        phase: 'Succeeded',
        revision: commit,
        startedAt: '2026-11-22T22:14:01Z',
        finishedAt: '2026-11-22T22:14:03Z',
        retries: 0,
        message: 'successfully synced (all tasks run)',
      },
      why: [],
    });
    expect(applicationStatuses(['memory'], [application('memory', well)], () => 0).every(isWell)).toBe(true);
  });

  test('names what differs, what is left over and what is not healthy', () => {
    const status = statusOf({
      ...well,
      sync: { status: 'OutOfSync', revision: commit },
      health: { status: 'Degraded' },
      resources: [
        { kind: 'Service', namespace: 'superagi', name: 'memory', status: 'Synced' },
        { kind: 'ConfigMap', namespace: 'superagi', name: 'memory', status: 'OutOfSync' },
        { kind: 'StatefulSet', namespace: 'superagi', name: 'old', status: 'OutOfSync', requiresPruning: true },
        {
          kind: 'Deployment',
          namespace: 'superagi',
          name: 'memory',
          status: 'Synced',
          health: { status: 'Degraded', message: 'exceeded its progress deadline' },
        },
        { kind: 'Namespace', name: 'superagi', status: 'Unknown' },
        { kind: 'Secret', namespace: 'superagi', name: 'new', status: 'OutOfSync', health: { status: 'Missing' } },
      ],
    });
    expect(status?.why).toEqual([
      'ConfigMap superagi/memory: OutOfSync',
      'StatefulSet superagi/old: in the cluster, not in git',
      'Deployment superagi/memory: Degraded, exceeded its progress deadline',
      'Namespace superagi: Unknown',
      'Secret superagi/new: in git, not in the cluster',
    ]);
    expect(status && isWell(status)).toBe(false);
  });

  test('says what the last sync and the conditions say', () => {
    expect(
      statusOf({
        ...well,
        conditions: [{ type: 'ComparisonError', message: 'repository not found' }],
        // Of no use beside the error.
        resources: [
          { kind: 'Service', namespace: 'superagi', name: 'memory', status: 'Unknown' },
          { kind: 'Deployment', namespace: 'superagi', name: 'memory', status: 'OutOfSync', requiresPruning: true },
        ],
        operationState: {
          phase: 'Failed',
          startedAt: '2026-11-22T22:14:01Z',
          message: 'one or more objects failed to apply',
          syncResult: {
            resources: [
              {
                kind: 'Job',
                namespace: 'superagi',
                name: 'migration',
                status: 'SyncFailed',
                message: 'field is immutable',
              },
              { kind: 'Service', namespace: 'superagi', name: 'memory', status: 'Synced', message: 'unchanged' },
            ],
          },
        },
      })?.why,
    ).toEqual([
      'ComparisonError: repository not found',
      'sync Failed: one or more objects failed to apply',
      'Job superagi/migration: field is immutable',
    ]);
  });

  test('runs what was last applied with success, while a newer commit is not; and says how often that was tried', () => {
    const newer = 'b'.repeat(40);
    const status = statusOf({
      ...well,
      sync: { status: 'OutOfSync', revision: newer },
      history: [{ revision: 'c'.repeat(40) }, { revision: commit }],
      operationState: {
        phase: 'Running',
        message: 'one or more objects failed to apply',
        startedAt: '2026-11-22T22:14:01Z',
        finishedAt: null,
        retryCount: 2,
        syncResult: { revision: newer },
      },
    });
    expect(status?.running).toBe(commit);
    expect(status?.operation).toEqual({
      phase: 'Running',
      revision: newer,
      startedAt: '2026-11-22T22:14:01Z',
      retries: 2,
      message: 'one or more objects failed to apply',
    });
  });

  test('is Unknown before Argo CD has looked', () => {
    expect(statusOf({})).toEqual({ application: 'memory', sync: 'Unknown', health: 'Unknown', why: [] });
  });
});

test('what git has and the cluster does not, and the other way round, is not well', () => {
  const statuses = applicationStatuses(
    ['platform', 'memory'],
    [application('memory', well), application('old', well)],
    () => 2,
  );
  expect(statuses.map(({ application, sync, behind, why }) => [application, sync, behind, why])).toEqual([
    ['platform', 'Missing', undefined, ['git has it, the cluster does not']],
    ['memory', 'Synced', 2, []],
    ['old', 'OutOfSync', 2, ['the cluster has it, git does not']],
  ]);
});

test('the cluster says itself which folder of dist/ it follows', () => {
  const live = [
    application('memory'),
    application('other', {}, 'dist/staging/other'),
    application('foreign', {}, 'apps/foreign'),
  ];
  expect(followedClusters(live)).toEqual(['dev', 'staging']);
});

test('an answer that is no list of Applications is refused', () => {
  expect(() => parseApplications({ items: [{ metadata: {} }] })).toThrow();
});
