import { expect, test } from 'vitest';
import { Signed } from './signed.ts';

const key = 'k'.repeat(32);
let now = 1_000_000;
const signed = new Signed(key, () => now);
const ana = { principal: 'ana', tenant: 'bakery', use: 'cursor find' };

test('what was sealed comes back, in every replica with the key', () => {
  const sealed = signed.seal({ after: 12 }, ana);
  expect(signed.open(sealed, ana)).toEqual({ ok: true, state: { after: 12 } });
  expect(new Signed(key, () => now).open(sealed, ana).ok).toBe(true);
});

test.each([
  ['another caller', { ...ana, principal: 'bob' }],
  ['another tenant', { ...ana, tenant: 'mill' }],
  ['no tenant', { principal: 'ana', use: ana.use }],
  ['another tool', { ...ana, use: 'cursor aggregate' }],
])('it is nothing to %s', (_who, binding) => {
  expect(signed.open(signed.seal(1, ana), binding)).toEqual({ ok: false, fault: 'foreign' });
});

test('a changed, shortened or made-up text is not taken, nor one of another key', () => {
  const sealed = signed.seal({ after: 12 }, ana);
  const [body = '', mac = ''] = sealed.split('.');
  const forged = Buffer.from(Buffer.from(body, 'base64url').toString().replace('12', '13')).toString('base64url');
  for (const text of [`${forged}.${mac}`, body, `${body}.`, `.${mac}`, '', 'x'.repeat(50), `${sealed}A`]) {
    expect(signed.open(text, ana)).toEqual({ ok: false, fault: 'foreign' });
  }
  expect(new Signed('o'.repeat(32), () => now).open(sealed, ana).ok).toBe(false);
  expect(new Signed(undefined, () => now).open(sealed, ana).ok).toBe(false);
});

test('it ends after a quarter of an hour', () => {
  const sealed = signed.seal(1, ana);
  now += 15 * 60_000 - 1;
  expect(signed.open(sealed, ana).ok).toBe(true);
  now += 1001;
  expect(signed.open(sealed, ana)).toEqual({ ok: false, fault: 'expired' });
});
