/** A MongoDB with the guide's agents, runs, usage and users, and the server's settings for it. */
import type { ServerDefinition } from '@ai-orchestra/mcp-kit';
import { type Document, MongoClient } from 'mongodb';
import { type MongoDb, startMongoDb } from '../../../../testbed/servers/mongodb/mongodb.ts';
import type { mongodbServerConfig } from '../config.ts';
import { mongodbServer } from '../server.ts';

export interface Bed {
  readonly mongodb: MongoDb;
  readonly client: MongoClient;
  /** Of a server on this machine: MONGODB_HOSTS, MONGODB_DATABASE. */
  readonly environment: Readonly<Record<string, string>>;
  insert(collections: Readonly<Record<string, readonly object[]>>): Promise<void>;
  stop(): Promise<void>;
}

export const database = 'orchestra';

export async function startBed(collections: Readonly<Record<string, readonly object[]>>): Promise<Bed> {
  const mongodb = await startMongoDb();
  const client = new MongoClient(mongodb.url);
  const insert: Bed['insert'] = async (all) => {
    for (const [name, documents] of Object.entries(all))
      await client
        .db(database)
        .collection<Document>(name)
        .insertMany(documents.map((document) => ({ ...document })));
  };
  await insert(collections);
  return {
    mongodb,
    client,
    insert,
    environment: {
      MONGODB_HOSTS: new URL(mongodb.url).host,
      MONGODB_DATABASE: database,
      MCP_RATE_LIMIT_PER_SECOND: '10000',
      MCP_CONCURRENCY: '1000',
    },
    async stop() {
      await client.close();
      await mongodb.stop();
    },
  };
}

/** The server as it is shared with others, where it needs a login, on a MongoDB of a test, which has no users. */
export const withoutLogin: ServerDefinition<typeof mongodbServerConfig> = {
  ...mongodbServer,
  open(config, log) {
    const { MONGODB_USER: _, MONGODB_PASSWORD: __, ...rest } = config;
    return mongodbServer.open(rest, log);
  },
};
