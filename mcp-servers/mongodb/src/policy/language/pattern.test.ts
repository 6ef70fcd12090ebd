import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternMistake } from './pattern.ts';

describe('patternMistake', () => {
  it.each([
    'abc',
    '^abc',
    'abc$',
    '^[A-Z]{2,4}\\d+$',
    'a|b',
    '(?:red|blue) team',
    'gpt-4[o.]?',
    '.*error.*',
    '\\bfoo\\b',
    '[^,]*',
    'a\\.b',
    '',
    '\\(x\\)',
    '(?:ab)?c',
    'a{2,5}',
    '[a\\]]+',
  ])('takes %s', (pattern) => {
    expect(patternMistake(pattern)).toBeUndefined();
  });

  it.each([
    '(a+)+',
    '(a|a)*',
    '(?:ab)*',
    '(a){2,}',
    '.*.*.*',
    'a{1,1000}',
    '(?=a)',
    '(?<!a)b',
    '(?i)a',
    '(a)\\1',
    '\\k<x>',
    '[',
    '(',
    'a**',
    'x'.repeat(201),
    'a\0',
  ])('refuses %s', (pattern) => {
    expect(patternMistake(pattern)).toBeDefined();
  });

  it('takes only what comes to an end with any text', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '*',
      '+',
      '?',
      '(',
      ')',
      '(?:',
      '|',
      '{2}',
      '{1,}',
      '^',
      '$',
      '\\w',
      'a+',
    );
    const text = `${'ab'.repeat(400)}!`;
    let tried = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const pattern = pieces.join('');
        if (patternMistake(pattern) !== undefined) return;
        // One that tries all ways through a text of 800 letters would not come back within a lifetime.
        new RegExp(pattern).test(text);
        tried++;
      }),
      { numRuns: 5000, seed: 7 },
    );
    expect(tried).toBeGreaterThan(300);
  });
});
