import { describe, expect, test } from 'vitest';
import { intervalsIn } from './expressions.ts';

const friday = Date.UTC(2023, 9, 20, 12);
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const dates = (text: string) => intervalsIn(text, friday).map(({ from, to }) => `${iso(from)}..${iso(to)}`);

describe('intervalsIn, on Friday 2023-10-20', () => {
  test.each([
    ['What happened yesterday?', ['2023-10-19..2023-10-20']],
    ['on 16 September, 2023', ['2023-09-16..2023-09-17']],
    ['on October 13, 2023', ['2023-10-13..2023-10-14']],
    ['in March 2023', ['2023-03-01..2023-04-01']],
    ['in 2022', ['2022-01-01..2023-01-01']],
    ['last May', ['2023-05-01..2023-06-01']],
    ['last October', ['2022-10-01..2022-11-01']],
    ['next May', ['2024-05-01..2024-06-01']],
    ['last Friday', ['2023-10-13..2023-10-14']],
    ['last week', ['2023-10-10..2023-10-17']],
    ['last year', ['2022-01-01..2023-01-01']],
    ['this month', ['2023-10-01..2023-11-01']],
    ['two weeks ago', ['2023-10-03..2023-10-10']],
    ['from 3 to 5 May 2023', ['2023-05-03..2023-05-06']],
  ])('%s', (text, expected) => {
    expect(dates(text)).toEqual(expected);
  });

  test('takes a date without a year for one of this year or of those beside it', () => {
    expect(dates('on 10 June')).toEqual(['2022-06-10..2022-06-11', '2023-06-10..2023-06-11', '2024-06-10..2024-06-11']);
  });

  test.each(['Who may help Maria?', 'at 5 pm', 'She has 1999 stamps and 2 dogs', 'no date at all'])(
    'finds none in: %s',
    (text) => {
      expect(dates(text)).toEqual([]);
    },
  );
});
