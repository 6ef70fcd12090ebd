import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failuresWithoutFixture, type Issuer, inspect, startForTest, startIssuer } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { weaviateServer } from './server.ts';
import { type Bed, createCollections, policyYaml, startBed } from './testing/collections.fixture.ts';

describe.skipIf(skipped('weaviate', 'embeddings'))('the Weaviate server over HTTP', () => {
  let bed: Bed;
  let issuer: Issuer;
  let folder: string;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    bed = await startBed();
    await createCollections(bed.client);
    for (const tenant of ['acme', 'globex']) {
      await bed.client.collections
        .use('Tenants')
        .withTenant(tenant)
        .data.insertMany([{ text: `tea of ${tenant}` }]);
      await bed.client.collections.use('Owned').data.insertMany([{ text: `tea of ${tenant}`, owner: tenant }]);
    }
    issuer = await startIssuer();
    folder = mkdtempSync(join(tmpdir(), 'mcp-weaviate-'));
    writeFileSync(join(folder, 'policy.yaml'), policyYaml);
    environment = {
      ...bed.environment,
      MCP_POLICY_FILE: join(folder, 'policy.yaml'),
      MCP_AUTHENTICATION: 'oauth',
      MCP_ISSUER: issuer.url,
      MCP_RESOURCE_URL: 'http://127.0.0.1:8080/mcp',
      MCP_TENANT_CLAIM: 'tenant',
      MCP_CURSOR_KEY: 'a key that signs the cursors of this test',
    };
  });
  afterAll(async () => {
    await bed?.stop();
    await issuer?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = async (claims: Readonly<Record<string, unknown>>) =>
    startForTest(weaviateServer, environment, await issuer.sign(claims));
  const scope = 'weaviate:read weaviate:schema';

  test('takes the tenant from the token alone', async () => {
    for (const [own, other] of [
      ['acme', 'globex'],
      ['globex', 'acme'],
    ]) {
      const server = await opened({ tenant: own, scope });
      for (const collection of ['Tenants', 'Owned']) {
        const { structuredContent, isError } = await server.call('search', { collection, query: 'tea', limit: 10 });
        expect([isError ?? false, JSON.stringify(structuredContent)]).toEqual([
          false,
          expect.stringContaining(`tea of ${own}`),
        ]);
        expect(JSON.stringify(structuredContent)).not.toContain(`tea of ${other}`);
      }
      await server.stop();
    }
    await expect(opened({ scope })).rejects.toThrow('403');
  });

  test('shows and runs what the scopes of the token allow', async () => {
    const server = await opened({ tenant: 'acme', scope: 'weaviate:schema' });
    const { tools } = await server.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list_collections', 'collection_schema']);
    await expect(server.call('search', { collection: 'Tenants', query: 'tea' })).rejects.toThrow(/scope/i);
    expect((await server.call('list_collections')).isError ?? false).toBe(false);
    await server.stop();
  });

  test('takes no cursor of another caller', async () => {
    const first = await opened({ tenant: 'acme', sub: 'ana', scope });
    const args = { collection: 'Articles', query: 'tea', limit: 2 };
    const { structuredContent } = await first.call('search', args);
    const { cursor } = (structuredContent as { readonly rows: { readonly cursor: string } }).rows;
    expect((await first.call('search', { ...args, cursor })).isError ?? false).toBe(false);
    for (const claims of [
      { tenant: 'acme', sub: 'ben', scope },
      { tenant: 'globex', sub: 'ana', scope },
    ]) {
      const other = await opened(claims);
      expect((await other.call('search', { ...args, cursor })).isError).toBe(true);
      await other.stop();
    }
    expect((await first.call('find_similar', { collection: 'Articles', text: 'tea', limit: 2, cursor })).isError).toBe(
      true,
    );
    await first.stop();
  });

  test('conforms to the protocol, as far as can be told without a fixture', async () => {
    const server = await startForTest(weaviateServer, { ...bed.environment, MCP_RATE_LIMIT_PER_SECOND: '1000' });
    const { passed, failed } = await failuresWithoutFixture(server.url);
    await server.stop();
    console.log(`${passed} checks of the conformance suite pass`);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(20);
  });

  test('answers the inspector, over both transports', async () => {
    const server = await startForTest(weaviateServer, bed.environment);
    const command = [process.execPath, join(import.meta.dirname, 'main.ts')];
    for (const target of [{ url: server.url }, { command, env: bed.environment }]) {
      const listed = await inspect(target, 'tools/list');
      expect([listed.exitCode, JSON.stringify(listed.result)]).toEqual([0, expect.stringContaining('find_similar')]);
      const found = await inspect(target, 'tools/call', {
        name: 'search',
        arguments: { collection: 'Articles', query: 'espresso', limit: 1 },
      });
      expect([found.exitCode, JSON.stringify(found.result)]).toEqual([0, expect.stringContaining('Coffee in Rome')]);
      const refused = await inspect(target, 'tools/call', {
        name: 'search',
        arguments: { collection: 'Nowhere', query: 'x' },
      });
      expect(refused.exitCode).toBe(5);
    }
    await server.stop();
  });
});
