import { describe, expect, test } from 'vitest';
import type { ObjectChange } from './object-changes.ts';
import { reviewMarkdown, reviewText } from './summary.ts';

const base = '0123456789abcdef0123456789abcdef01234567';
const memory: ObjectChange = {
  cluster: 'dev',
  application: 'memory',
  change: 'changed',
  kind: 'Deployment',
  object: 'superagi/memory',
  effects: ['restarts pods'],
  fields: [{ path: 'spec.template.spec.terminationGracePeriodSeconds', before: 60, after: 61 }],
};
const claim: ObjectChange = {
  cluster: 'prod-us-central1',
  application: 'mongodb',
  change: 'removed',
  kind: 'PersistentVolumeClaim',
  object: 'superagi-data/data',
  effects: ['touches data'],
  fields: [],
};

describe('a review', () => {
  test('tells each cluster apart, with every field, and says loudly where data is touched', () => {
    expect(reviewText({ base, changes: [memory, claim] })).toBe(
      [
        'dev: 0 added, 1 changed, 0 removed, pods of 1 restart',
        '  changed memory: Deployment superagi/memory (restarts pods)',
        '    spec.template.spec.terminationGracePeriodSeconds: 60 → 61',
        'prod-us-central1: 0 added, 0 changed, 1 removed, no pod restarts, DATA IS TOUCHED by 1',
        '  removed mongodb: PersistentVolumeClaim superagi-data/data (touches data)',
      ].join('\n'),
    );
  });

  test('as a comment has a table of clusters, and the objects to unfold', () => {
    const markdown = reviewMarkdown({ base, changes: [memory, claim] });
    expect(markdown).toContain('| **dev** | 0 | 1 | 0 | `superagi/memory` | - | - |');
    expect(markdown).toContain('| **prod-us-central1** | 0 | 0 | 1 | - | - | `superagi-data/data` |');
    expect(markdown).toContain('! changed memory: Deployment superagi/memory (restarts pods)');
    expect(markdown).toContain('    spec.template.spec.terminationGracePeriodSeconds: 60 → 61');
  });

  test('of nothing says so', () => {
    expect(reviewText({ base, changes: [] })).toBe('No object of any cluster changes since 0123456789ab.');
    expect(reviewMarkdown({ base, changes: [] })).toContain('No object of any cluster changes');
  });

  test('that is too long for a comment leaves fields out first, then objects, and says where all is', () => {
    const changes = Array.from({ length: 40 }, (_, index) => ({ ...memory, object: `superagi/memory-${index}` }));
    const whole = reviewMarkdown({ base, changes });
    const named = reviewMarkdown({ base, changes }, whole.length - 1);
    expect(named).not.toContain('60 → 61');
    expect(named).toContain('superagi/memory-39');
    const head = reviewMarkdown({ base, changes }, 700);
    expect(head.length).toBeLessThanOrEqual(700);
    for (const text of [named, head]) expect(text).toContain('npm run review -- --base REVISION');
    expect(head).toContain('| **dev** | 0 | 40 | 0 | 40 objects | - | - |');
  });

  test('a value with a fence of its own does not end the block', () => {
    const fields = [{ path: 'data.script', before: 'a', after: '```\n<img src=x>' }];
    const markdown = reviewMarkdown({ base, changes: [{ ...memory, fields }] });
    expect(markdown.match(/```/g)).toHaveLength(2);
  });
});
