import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { written } from './index.ts';
import { environmentBefore, ownImages, parseRelease, promotionOrder, recordFile, recordText } from './releases.ts';
import { parseReleasesOfProtection } from './releases-of-protection.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const images = Object.fromEntries(ownImages.map((name) => [name, digest('1')]));
const held = { release: 2, images, applications: { memory: { release: 2, charts: digest('a') } } };
const paths = (input: unknown, name: 'dev' | 'prod') => parseRelease(input, name).problems.map(({ path }) => path);

describe('a release record', () => {
  test('goes by the order of the environments: the first follows the charts, the others are held', () => {
    expect(Object.keys(written)).toEqual(promotionOrder);
    expect(promotionOrder.map(environmentBefore)).toEqual([undefined, 'dev', 'staging']);
    expect(paths({ images }, 'dev')).toEqual([]);
    expect(paths(held, 'prod')).toEqual([]);
    expect(paths({ images }, 'prod')).toEqual([
      `${recordFile('prod')}: release`,
      `${recordFile('prod')}: applications`,
    ]);
    expect(paths(held, 'dev')).toEqual([`${recordFile('dev')}: release`, `${recordFile('dev')}: applications`]);
  });

  test('may give a version with a digest', () => {
    const { release } = parseRelease({ ...held, images: { ...images, memory: `1.4.0@${digest('2')}` } }, 'prod');
    expect(release?.images.memory).toBe(digest('2'));
    expect(release?.versions).toEqual({ memory: '1.4.0' });
  });

  test('tells all its mistakes together', () => {
    const wrong = {
      ...held,
      release: 0,
      images: { ...images, memory: `v1@${digest('2')}` },
      applications: { memory: { release: 1, charts: 'abc', by: 'me' } },
    };
    expect(
      paths(wrong, 'prod')
        .map((path) => path.split(': ')[1])
        .sort(),
    ).toEqual(['applications.memory.by', 'applications.memory.charts', 'images.memory', 'release']);
  });

  test.each(['staging', 'prod'] as const)('that of %s is written as it is read', (name) => {
    const text = readFileSync(join(import.meta.dirname, '..', recordFile(name)), 'utf8');
    const { release } = parseRelease(JSON.parse(text), name);
    expect(release && recordText(release)).toBe(text);
  });
});

test('mistakes in the releases of protection are told together', () => {
  const entry = { cluster: 'dev', kind: 'Namespace', name: 'one', reason: 'It was never used' };
  expect(parseReleasesOfProtection([entry])).toEqual([entry]);
  expect(() => parseReleasesOfProtection([{ ...entry, kind: 'Service', reason: 'x' }, { because: 'x' }])).toThrow(
    /\[0\]\.kind[\s\S]*\[0\]\.reason[\s\S]*\[1\]\.cluster[\s\S]*\[1\]\.because/,
  );
});
