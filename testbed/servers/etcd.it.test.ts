import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../skip.ts';
import { type Etcd, startEtcd } from './etcd.ts';

async function call(etcd: Etcd, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${etcd.url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

describe.skipIf(skipped('etcd'))('etcd', () => {
  let etcd: Etcd;

  beforeAll(async () => {
    etcd = await startEtcd();
  });

  afterAll(() => etcd?.stop());

  test('keeps what is put, on the loopback address only', async () => {
    const key = btoa('key');
    await call(etcd, 'put', { key, value: btoa('value') });
    expect(await call(etcd, 'range', { key })).toMatchObject({ kvs: [{ key, value: btoa('value') }] });
    expect(new URL(etcd.url).hostname).toBe('127.0.0.1');
  });

  test('two do not share anything', async () => {
    const other = await startEtcd();
    await call(etcd, 'put', { key: btoa('mine'), value: btoa('1') });
    expect(await call(other, 'range', { key: btoa('mine') })).not.toHaveProperty('kvs');
    await other.stop();
    await expect(call(other, 'range', { key: btoa('mine') })).rejects.toThrow('fetch failed');
  });
});
