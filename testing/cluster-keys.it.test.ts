/** The keys of a real API server, as pods fetch them to know each other's tokens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as kit from '../mcp-servers/kit/src/auth/issuer-fetch.ts';
import * as memory from '../memory/src/auth/issuer-fetch.ts';
import { type Kubernetes, startKubernetes } from '../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../testbed/skip.ts';

describe.skipIf(skipped('etcd', 'kube-apiserver'))('the keys of a cluster', () => {
  let kubernetes: Kubernetes;
  const folder = mkdtempSync(join(tmpdir(), 'keys-'));

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    writeFileSync(join(folder, 'token'), kubernetes.token, { mode: 0o600 });
  });
  afterAll(async () => {
    await kubernetes?.stop();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['the memory service', memory.issuerFetch],
    ['the MCP servers', kit.issuerFetch],
  ])('%s fetch', async (_, issuerFetch) => {
    const get = issuerFetch({ caFile: kubernetes.caFile, tokenFile: join(folder, 'token') });
    const discovery = await get(`${kubernetes.url}/.well-known/openid-configuration`);
    expect(discovery.status).toBe(200);
    expect(await discovery.json()).toMatchObject({ issuer: expect.any(String), jwks_uri: expect.any(String) });
    const keys = await get(`${kubernetes.url}/openid/v1/jwks`);
    expect(keys.status).toBe(200);
    expect(await keys.json()).toMatchObject({ keys: [{ kty: 'RSA', use: 'sig' }] });
  });
});
