import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GoogleCloud, startFakeGoogleCloud } from '../../servers/google-cloud.ts';
import { call } from '../fixture.ts';

let cloud: GoogleCloud;
beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  await call(cloud, 'POST', 'storage', '/storage/v1/b', { name: 'orchestra-files' });
});
afterAll(() => cloud.stop());

const root = () => cloud.environment.CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE ?? '';
const send = (method: string, url: string, body: string, headers: Record<string, string>) =>
  fetch(url, { method, body, headers: { authorization: 'Bearer fake-token', ...headers }, redirect: 'manual' });
const content = async (name: string) => {
  const url = `${root()}storage/v1/b/orchestra-files/o/${encodeURIComponent(name)}?alt=media`;
  return (await fetch(url, { headers: { authorization: 'Bearer fake-token' } })).text();
};

test.for(["boundary='=cut='", 'boundary="=cut="', 'boundary==cut='])(
  'an upload in parts arrives whole: %s',
  async (boundary) => {
    const parts = [
      `--=cut=\nContent-Type: application/json\n\n{"name":"folder/a.txt"}`,
      `\n--=cut=\nContent-Type: text/plain\n\ntwo\n\nlines`,
      '\n--=cut=--',
    ].join('');
    const url = `${root()}upload/storage/v1/b/orchestra-files/o?uploadType=multipart`;
    const response = await send('POST', url, parts, { 'content-type': `multipart/related; ${boundary}` });
    expect(await response.json()).toMatchObject({
      name: 'folder/a.txt',
      size: '10',
      contentType: 'application/octet-stream',
    });
    expect(await content('folder/a.txt')).toBe('two\n\nlines');
  },
);

test('a long upload comes in pieces, and is there with its last', async () => {
  const url = `${root()}upload/storage/v1/b/orchestra-files/o?uploadType=resumable&name=long`;
  const session = (await send('POST', url, '{}', { 'content-type': 'application/json' })).headers.get('location') ?? '';
  const first = await send('PUT', session, 'abc', { 'content-range': 'bytes 0-2/5' });
  expect([first.status, first.headers.get('range')]).toEqual([308, 'bytes=0-2']);
  expect(await call(cloud, 'GET', 'storage', '/storage/v1/b/orchestra-files/o/long')).toMatchObject({ status: 404 });
  const last = await send('PUT', session, 'de', { 'content-range': 'bytes 3-4/5' });
  expect(await last.json()).toMatchObject({ size: '5', name: 'long' });
  expect(await content('long')).toBe('abcde');
});

test('a part of an object is sent alone', async () => {
  await send('POST', `${root()}upload/storage/v1/b/orchestra-files/o?uploadType=media&name=parts`, 'abcdef', {
    'content-type': 'text/plain',
  });
  const { body } = await call(cloud, 'GET', 'storage', '/storage/v1/b/orchestra-files/o/parts');
  const part = await fetch(String(body.mediaLink), {
    headers: { authorization: 'Bearer fake-token', range: 'bytes=2-3' },
  });
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'cd', 'bytes 2-3/6']);
});

test('a bucket that holds something is not deleted', async () => {
  const url = `${root()}upload/storage/v1/b/orchestra-files/o?uploadType=media&name=kept`;
  await send('POST', url, 'kept', { 'content-type': 'text/plain' });
  expect(await call(cloud, 'DELETE', 'storage', '/storage/v1/b/orchestra-files')).toMatchObject({ status: 409 });
});
