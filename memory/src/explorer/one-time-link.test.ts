import { expect, test } from 'vitest';
import { OneTimeLink } from './one-time-link.ts';

const codeOf = (link: string) => new URL(link).hash.replace('#open=', '');

function link() {
  let now = 1_000_000;
  const made = new OneTimeLink('the token', () => now);
  return { made, code: codeOf(made.of('http://127.0.0.1:8080')), advance: (by: number) => (now += by) };
}

test('the code is in the fragment, which browsers send to nobody', () => {
  const { made } = link();
  const { pathname, search, hash } = new URL(made.of('http://127.0.0.1:8080'));
  expect([pathname, search]).toEqual(['/explorer', '']);
  expect(hash).toMatch(/^#open=[\w-]{43}$/);
  expect(hash).not.toContain('the token');
});

test('it gives the token once', () => {
  const { made, code } = link();
  expect(made.redeem(`${code.slice(0, -1)}!`)).toBeUndefined();
  expect(made.redeem(code)).toBe('the token');
  expect(made.redeem(code)).toBeUndefined();
});

test('it gives it within its ten minutes, to the millisecond', () => {
  const early = link();
  early.advance(OneTimeLink.lifetimeMilliseconds - 1);
  expect(early.made.redeem(early.code)).toBe('the token');
  const late = link();
  late.advance(OneTimeLink.lifetimeMilliseconds);
  expect(late.made.redeem(late.code)).toBeUndefined();
});

test('no two are alike', () => {
  expect(link().code).not.toBe(link().code);
});
