/** The catalogue of a caller is made of the caller's rows: names, values and sizes of others are not in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issuer, type ServerUnderTest, startForTest, startIssuer } from '@ai-orchestra/mcp-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../../testbed/skip.ts';
import { type Bed, database, startBed, withoutLogin } from '../testing/bed.fixture.ts';

describe.skipIf(skipped('mongo-java-server'))('callers of two tenants', () => {
  let bed: Bed;
  let issuer: Issuer;
  let folder: string;
  const opened: Record<string, ServerUnderTest> = {};
  beforeAll(async () => {
    const tickets = ['acme', 'globex'].flatMap((tenant) =>
      Array.from({ length: 10 }, (_, index) => ({
        _id: `${tenant}${index}`,
        tenant,
        project: `${tenant}-secret-project`,
        state: index % 2 ? 'open' : 'done',
        ...(tenant === 'globex' && { globexOnly: index }),
      })),
    );
    bed = await startBed({ tickets });
    issuer = await startIssuer();
    folder = mkdtempSync(join(tmpdir(), 'tenants-'));
    writeFileSync(
      join(folder, 'policy.yaml'),
      'version: 1\ncollections: { "*": { rows: { tenant: { caller: tenant } } } }\n',
    );
    const environment = {
      ...bed.environment,
      MONGODB_USER: 'mcp',
      MONGODB_PASSWORD: 'not used by this database',
      MCP_POLICY_FILE: join(folder, 'policy.yaml'),
      MCP_AUTHENTICATION: 'oauth',
      MCP_ISSUER: issuer.url,
      MCP_RESOURCE_URL: 'http://127.0.0.1:8080/mcp',
      MCP_TENANT_CLAIM: 'tenant',
      MCP_CURSOR_KEY: 'a key that signs the cursors of this test',
      MCP_CATALOGUE_SECONDS: '5',
    };
    for (const tenant of ['acme', 'globex'])
      opened[tenant] = await startForTest(
        withoutLogin,
        environment,
        await issuer.sign({ tenant, scope: 'mongodb:read' }),
      );
  });
  afterAll(async () => {
    for (const server of Object.values(opened)) await server.stop();
    await issuer?.stop();
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['acme', 'globex'],
    ['globex', 'acme'],
  ])('%s sees nothing of %s', async (own, other) => {
    const server = opened[own];
    if (!server) throw new Error('not opened');
    const answers = [
      await server.call('collection_schema', { collection: 'tickets' }),
      await server.call('list_collections'),
      await server.call('query', { question: 'show open tickets' }),
      await server.call('query', { question: `show tickets of project "${own}-secret-project"` }),
      await server.call('query', { question: 'tickets by project' }),
      await server.call('distinct', { collection: 'tickets', field: 'project' }),
      await server.call('count', { collection: 'tickets' }),
      await server.call('explain', { collection: 'tickets' }),
    ];
    const written = JSON.stringify(answers);
    expect(written).toContain(`${own}-secret-project`);
    expect(written).not.toContain(`${other}-`);
    // Not the number of both tenants' tickets; a random marker of untrusted data may hold it.
    expect(written.replace(/untrusted-data-\w+/g, '')).not.toMatch(/(?<![\d:.-])20(?![\d:.-])/);
    if (own === 'acme') expect(written).not.toContain('globexOnly');
    expect(answers[6]?.structuredContent).toEqual({ count: 10, estimated: false });
  });

  test('what is new in the database is known after a while, and until then the catalogue before is used', async () => {
    const server = opened.acme;
    const known = async () => JSON.stringify((await server?.call('list_collections'))?.structuredContent);
    expect(await known()).not.toContain('invoices');
    await bed.client.db(database).collection('invoices').insertOne({ tenant: 'acme', amount: 5 });
    expect(await known()).not.toContain('invoices');
    await expect.poll(known, { timeout: 30_000, interval: 500 }).toContain('invoices');
  });
});
