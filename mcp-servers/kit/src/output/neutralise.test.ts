import { expect, test } from 'vitest';
import { cleaned, neutralise, visible } from './neutralise.ts';

test.each([
  ['a text without anything', 'Agents: 12, größte Zahl — 東京 👍', 'Agents: 12, größte Zahl — 東京 👍'],
  ['zero-width characters', 'pass\u200Bword\u2060\uFEFF', 'password'],
  ['bidi overrides', 'abc\u202Edcb\u2066x\u2069', 'abcdcbx'],
  ['letters of plane 14, which models read and people do not see', 'hi\u{E0049}\u{E0067}\u{E006E}', 'hi'],
  ['variation selectors that carry bytes', 'x\u{E0101}\uFE01', 'x'],
  ['terminal escapes', '\u001B[31mred\u0007', '[31mred'],
  ['other line ends', 'a\r\nb\u2028c\rd', 'a\nb\nc\nd'],
  ['half of a surrogate pair', 'a\uD800b', 'a\uFFFDb'],
])('what nobody sees is taken out: %s', (_what, given, seen) => {
  expect(visible(given)).toBe(seen);
});

test.each([
  ['an image', '![x](https://evil.example/?d=1)', '![x] (https://evil.example/?d=1)'],
  ['an image by reference', '![x][1]\n[1]: https://evil.example', '![x] [1]\n[1] : https://evil.example'],
  ['a link that hides its target', '[your bank](https://evil.example)', '[your bank] (https://evil.example)'],
  ['a link within a link', '[![a](b)](c)', '[![a] (b)] (c)'],
  [
    'HTML',
    '<img src=x onerror=alert(1)></b><!-- x --><?php',
    '&lt;img src=x onerror=alert(1)>&lt;/b>&lt;!-- x -->&lt;?php',
  ],
  ['the end of a fence', '</untrusted-data-0123456789ab>', '&lt;/untrusted-data-0123456789ab>'],
  ['a fence of code', '```js\nx\n~~~~', '` ` `js\nx\n~ ~ ~ ~'],
  ['a tag that is put together by what is taken out', '<\u200Bscript>', '&lt;script>'],
  ['a link that is put together by what is taken out', '[x]\u200B(y)', '[x] (y)'],
])('markup does not work: %s', (_what, given, harmless) => {
  expect(neutralise(given)).toBe(harmless);
  expect(neutralise(harmless)).toBe(harmless);
});

test('what is no markup stays as it is', () => {
  const text = 'if a < b and c[0] > 2: `x` ~ y (see [1]) "a" \'b\' & c\n\ttabs';
  expect(neutralise(text)).toBe(text);
});

test('data is cleaned to its depths, keys too, and is the same object where it was clean', () => {
  const clean = { a: [1, 'x', { b: null }], when: new Date(0) };
  expect(cleaned(clean, neutralise)).toBe(clean);
  expect(cleaned({ 'k\u200B': [{ deep: '<b>' }], when: clean.when }, neutralise)).toEqual({
    k: [{ deep: '&lt;b>' }],
    when: clean.when,
  });
});

test('a long hostile text takes time in proportion to its length', () => {
  const text = `${'['.repeat(100_000)}${'![]('.repeat(50_000)}${'`'.repeat(100_000)}`;
  expect(neutralise(text)).not.toContain('](');
});
