import type { Log } from '@ai-orchestra/mcp-kit';
import { MongoClient } from 'mongodb';
import type { MongodbServerConfig } from '../config.ts';

/**
 * Connections for queries to each member of the deployment, however many calls there are; more wait for one. The driver has one or two
 * besides, for monitoring.
 */
export const CONNECTIONS = 16;

/** Milliseconds to reach a server, and to find one that answers. */
const REACHED_WITHIN = 3000;

/** The connection to the database: made with the first query, and made anew where that failed. */
export class Connection {
  readonly #config: MongodbServerConfig;
  readonly #log: Log;
  #client: Promise<MongoClient> | undefined;

  constructor(config: MongodbServerConfig, log: Log) {
    this.#config = config;
    this.#log = log;
  }

  /** Once connected, the driver finds its way back by itself. @throws MongoServerSelectionError and other errors of the driver */
  client(): Promise<MongoClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  async #connect(): Promise<MongoClient> {
    const client = clientOf(this.#config);
    client.on('serverHeartbeatFailed', () => this.#log('debug', 'MongoDB does not answer the monitor'));
    try {
      return await client.connect();
    } catch (error) {
      // A client that failed to connect once never connects again.
      this.#client = undefined;
      await client.close();
      throw error;
    }
  }
}

function clientOf(config: MongodbServerConfig): MongoClient {
  const {
    MONGODB_HOSTS: hosts,
    MONGODB_USER: username,
    MONGODB_PASSWORD: password,
    MONGODB_REPLICA_SET: replicaSet,
  } = config;
  const single = hosts.length === 1 && replicaSet === undefined;
  return new MongoClient(`mongodb://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/`, {
    appName: 'mcp-mongodb',
    ...(username !== undefined && { auth: { username, ...(password !== undefined && { password }) } }),
    ...(username !== undefined && { authSource: config.MONGODB_AUTH_SOURCE }),
    ...(replicaSet !== undefined && { replicaSet }),
    directConnection: single,
    tls: config.MONGODB_TLS,
    maxPoolSize: CONNECTIONS,
    maxConnecting: 4,
    // A call that waits longer for a connection than a query may take is told to come again.
    waitQueueTimeoutMS: config.MCP_QUERY_TIME_MS,
    connectTimeoutMS: REACHED_WITHIN,
    serverSelectionTimeoutMS: REACHED_WITHIN,
    // Reading goes on where there is no primary for a moment.
    readPreference: 'primaryPreferred',
    retryReads: true,
  });
}
