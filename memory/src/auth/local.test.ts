import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalAuthenticator, localToken } from './local.ts';

const file = () => join(mkdtempSync(join(tmpdir(), 'memory-')), 'memory.sqlite.token');

test('the token is made once, for its owner alone, and is the same after a restart', () => {
  const path = file();
  const token = localToken(path);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(readFileSync(path, 'utf8').trim()).toBe(token);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(localToken(path)).toBe(token);
});

test('a file that holds no token is not taken for one', () => {
  const path = file();
  writeFileSync(path, '\n');
  expect(() => localToken(path)).toThrow('remove it');
});

test('whoever has the token is the tenant; others, and pages that came by another name, are nobody', () => {
  const local = new LocalAuthenticator('a-token');
  const authorization = 'Bearer a-token';
  for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080']) {
    expect(local.authenticate({ host, authorization })).toMatchObject({ tenant: 'local' });
  }
  expect(() => local.authenticate({ host: 'evil.example:8080', authorization })).toThrow('another name');
  expect(() => local.authenticate({ authorization })).toThrow('another name');
  expect(() => local.authenticate({ host: 'localhost', authorization: 'Bearer another' })).toThrow('token file');
  expect(() => local.authenticate({ host: 'localhost' })).toThrow('Send Authorization');
});
