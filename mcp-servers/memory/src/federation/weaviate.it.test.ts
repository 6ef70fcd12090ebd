import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startForTest } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWeaviate, type Weaviate } from '../../../../testbed/servers/weaviate.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { weaviateServer } from '../../../weaviate/src/server.ts';
import { memoryServer } from '../server.ts';
import { connect, rowsOf } from '../testing/clients.fixture.ts';
import {
  type MemoryServiceForTests,
  sharedEnvironment,
  startMemoryService,
} from '../testing/memory-service.fixture.ts';

const apiKey = 'key-of-the-test';

/** Documents of two tenants in one collection. */
async function fill({ url }: Weaviate): Promise<void> {
  const send = async (path: string, body: unknown) => {
    const answer = await fetch(`${url}/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await send('/schema', {
    class: 'Recipes',
    vectorizer: 'none',
    multiTenancyConfig: { enabled: true },
    properties: [{ name: 'text', dataType: ['text'] }],
  });
  await send('/schema/Recipes/tenants', [{ name: 'bakery' }, { name: 'mill' }]);
  for (const [tenant, text] of [
    ['bakery', 'Bread rises in a warm kitchen'],
    ['mill', 'Bread needs fine flour'],
  ]) {
    await send('/objects', { class: 'Recipes', tenant, properties: { text } });
  }
}

describe.skipIf(skipped('weaviate'))('the shipped Weaviate server as a source', () => {
  let service: MemoryServiceForTests;
  let weaviate: Weaviate;
  let documents: Awaited<ReturnType<typeof startForTest>>;
  let server: Awaited<ReturnType<typeof startForTest>>;

  beforeAll(async () => {
    service = await startMemoryService();
    weaviate = await startWeaviate({ apiKey });
    await fill(weaviate);
    const policy = join(service.folder, 'policy.yaml');
    writeFileSync(policy, 'version: 1\ncollections:\n  "*":\n    read: true\n');
    const tokenFile = join(service.folder, 'mcp-token');
    const token = await service.podToken('mcp-memory', 'mcp');
    writeFileSync(tokenFile, token);
    documents = await startForTest(
      weaviateServer,
      {
        WEAVIATE_HTTP_HOST: '127.0.0.1',
        WEAVIATE_HTTP_PORT: String(weaviate.port),
        WEAVIATE_GRPC_PORT: String(weaviate.grpcPort),
        WEAVIATE_API_KEY: apiKey,
        WEAVIATE_TIMEOUT_MS: '20000',
        MCP_POLICY_FILE: policy,
        MCP_AUTHENTICATION: 'kubernetes',
        MCP_ISSUER: service.issuer.url,
        MCP_SERVICE_ACCOUNTS: 'superagi/mcp-memory=*,superagi/tester=bakery',
        MCP_CURSOR_KEY: 'a key that signs in tests, 32 bytes',
      },
      await service.podToken('tester', 'mcp'),
    );
    server = await startForTest(
      memoryServer,
      {
        ...sharedEnvironment(service),
        MCP_WEAVIATE_URL: documents.url,
        MCP_WEAVIATE_COLLECTION: 'Recipes',
        MCP_FEDERATION_TOKEN_FILE: tokenFile,
        MCP_FEDERATION_TIMEOUT_MS: '20000',
      },
      await service.personToken('setup', 'setup', ['memory:read']),
    );
  });
  afterAll(async () => {
    await server?.stop();
    await documents?.stop();
    await weaviate?.stop();
    await service?.stop();
  });

  test.each([
    ['bakery', 'Bread rises in a warm kitchen'],
    ['mill', 'Bread needs fine flour'],
  ])('gives %s its own documents, beside its own memories', async (tenant, text) => {
    const scopes = ['memory:read', 'memory:write', 'weaviate:read'];
    const { call } = await connect(server.url, { token: await service.personToken('ana', tenant, scopes) });
    const memory = `${tenant} sells bread on Monday`;
    await call('remember', { memories: [{ text: memory, tier: 'long' }] });
    const result = await call('retrieve_context', { query: 'bread' });
    const found = rowsOf(result).map(({ text: line, sources }) => [line, sources]);
    expect(found).toEqual([
      [memory, ['memory']],
      [text, ['weaviate']],
    ]);
    expect(rowsOf(result)[1]?.from).toEqual([expect.stringMatching(/^weaviate: Recipes [\da-f-]{36}$/)]);
  });
});
