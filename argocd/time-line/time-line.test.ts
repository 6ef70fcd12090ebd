import { describe, expect, test } from 'vitest';
import { timeLinePicture } from './picture.ts';
import { parseTimeLine, type TimeLine, timeTable } from './time-line.ts';

const timeLine: TimeLine = {
  cluster: 'dev',
  applications: [
    { application: 'platform', wave: 0, began: 1, objects: [{ wave: -4, made: 2 }], synced: 5, healthy: 6.5 },
    { application: 'secrets', wave: 1, began: 7, objects: [{ wave: -2, made: 8 }], synced: 9, healthy: 12.04 },
  ],
};

describe('a time line', () => {
  test('is a table', () => {
    expect(timeTable(timeLine).rows).toEqual([
      ['platform', '0', '1.0 s', '-4: 2.0 s', '5.0 s', '6.5 s'],
      ['secrets', '1', '7.0 s', '-2: 8.0 s', '9.0 s', '12.0 s'],
    ]);
  });

  test('is a picture: what comes later stands further to the right', () => {
    const picture = timeLinePicture(timeLine);
    const bars = [...picture.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)".*<title>(\w+)/g)].map(
      ([, x, width, name]) => ({ name, from: Number(x), to: Number(x) + Number(width) }),
    );
    expect(bars.map(({ name }) => name)).toEqual(['platform', 'platform', 'secrets', 'secrets']);
    const [, platform, secrets, last] = bars;
    expect(secrets?.from).toBeGreaterThan(platform?.to ?? Number.NaN);
    // The last one to be healthy ends where the picture does.
    expect(last?.to).toBeCloseTo(730, 0);
    expect(picture).toContain('>12 s</text>');
  });

  test('read from a file is checked', () => {
    expect(parseTimeLine(JSON.stringify(timeLine))).toEqual(timeLine);
    expect(() => parseTimeLine('{"cluster":"dev","applications":[{}]}')).toThrow('began');
  });
});
