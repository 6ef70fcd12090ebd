import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startForTest } from '@ai-orchestra/mcp-kit/testing';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongoDb, startMongoDb } from '../../../../testbed/servers/mongodb/mongodb.ts';
import { skipped } from '../../../../testbed/skip.ts';
import { mongodbServer } from '../../../mongodb/src/server.ts';
import { memoryServer } from '../server.ts';
import { rowsOf, textOf } from '../testing/clients.fixture.ts';
import { type MemoryServiceForTests, startMemoryService } from '../testing/memory-service.fixture.ts';

describe.skipIf(skipped('mongo-java-server'))('the shipped MongoDB server as a source, on one machine', () => {
  let service: MemoryServiceForTests;
  let database: MongoDb;
  let facts: Awaited<ReturnType<typeof startForTest>>;
  let server: Awaited<ReturnType<typeof startForTest>>;

  beforeAll(async () => {
    service = await startMemoryService();
    database = await startMongoDb();
    const client = await MongoClient.connect(database.url);
    await client
      .db('orchestra')
      .collection('agents')
      .insertMany([
        { name: 'baker', status: 'active' },
        { name: 'miller', status: 'paused' },
      ]);
    await client.close();
    const { hostname, port } = new URL(database.url);
    facts = await startForTest(mongodbServer, {
      MONGODB_HOSTS: `${hostname}:${port}`,
      MONGODB_DATABASE: 'orchestra',
    });
    const token = join(service.folder, 'laptop');
    writeFileSync(token, await service.podToken('laptop', 'memory'));
    server = await startForTest(memoryServer, {
      MEMORY_URL: service.url,
      MEMORY_TOKEN_FILE: token,
      MCP_MONGODB_URL: facts.url,
      MCP_FEDERATION_TIMEOUT_MS: '20000',
    });
    await server.call('remember', {
      memories: [{ text: 'The active agents are shown to Ana each Monday', tier: 'long' }],
    });
  });
  afterAll(async () => {
    await server?.stop();
    await facts?.stop();
    await database?.stop();
    await service?.stop();
  });

  test('facts stand beside memories, with how the question was read', async () => {
    const result = await server.call('retrieve_context', { query: 'Show all active agents' });
    const [memory, fact] = rowsOf(result);
    expect(memory?.sources).toEqual(['memory']);
    expect(fact?.sources).toEqual(['mongodb']);
    expect(fact?.text).toContain('baker');
    expect(fact?.from).toEqual([expect.stringMatching(/^mongodb: orchestra\.agents.*read as: /)]);
    expect(textOf(result)).not.toContain('miller');
  });

  test('a question that is none about the data leaves MongoDB out, and says so', async () => {
    const result = await server.call('retrieve_context', { query: 'which colour is the feeling of Monday for Ana?' });
    expect(textOf(result)).toContain('mongodb: missing, as it did not understand the question as one about its data.');
    expect(rowsOf(result)).toMatchObject([{ sources: ['memory'] }]);
  });
});
