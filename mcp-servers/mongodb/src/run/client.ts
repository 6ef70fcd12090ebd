import { type Log, SettingsMistakes } from '@ai-orchestra/mcp-kit';
import { MongoClient, type MongoClientOptions } from 'mongodb';
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

  /** @throws SettingsMistakes where the driver does not take the connection string */
  constructor(config: MongodbServerConfig, log: Log) {
    this.#config = config;
    this.#log = log;
    if (config.MONGODB_URL !== undefined) checkUrl(config);
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

/** The driver's own words may hold the connection string. */
function checkUrl(config: MongodbServerConfig): void {
  try {
    clientOf(config);
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const [unknown] = /^options? [A-Za-z, ]{1,200} (is|are) not supported$/.exec(said) ?? [];
    throw new SettingsMistakes('MONGODB_URL', [
      {
        path: 'MONGODB_URL',
        given: 'a value (hidden)',
        allowed: 'a connection string that the driver takes',
        fix: `${unknown === undefined ? 'An option of it has a wrong value, or does not go with another' : `The ${unknown}`}: see mongodb.com/docs/manual/reference/connection-string-options.`,
      },
    ]);
  }
}

function clientOf(config: MongodbServerConfig): MongoClient {
  const { MONGODB_URL: url } = config;
  if (url === undefined) return new MongoClient(...addressOf(config, { ...preferred, ...ours(config) }));
  // What the connection string says of these is what its writer wants; the rest keeps this server's promises.
  const unsaid = Object.entries(preferred).filter(([name]) => !url.options.has(name.toLowerCase()));
  return new MongoClient(url.reveal(), { ...Object.fromEntries(unsaid), ...ours(config) });
}

const preferred: MongoClientOptions = {
  appName: 'mcp-mongodb',
  connectTimeoutMS: REACHED_WITHIN,
  serverSelectionTimeoutMS: REACHED_WITHIN,
  // Reading goes on where there is no primary for a moment.
  readPreference: 'primaryPreferred',
  retryReads: true,
};

const ours = (config: MongodbServerConfig): MongoClientOptions => ({
  maxPoolSize: CONNECTIONS,
  maxConnecting: 4,
  // A call that waits longer for a connection than a query may take is told to come again.
  waitQueueTimeoutMS: config.MCP_QUERY_TIME_MS,
});

function addressOf(config: MongodbServerConfig, options: MongoClientOptions): [string, MongoClientOptions] {
  const {
    MONGODB_HOSTS: hosts = [],
    MONGODB_USER: username,
    MONGODB_PASSWORD: password,
    MONGODB_REPLICA_SET: replicaSet,
  } = config;
  const login = username !== undefined && {
    auth: { username, ...(password !== undefined && { password }) },
    authSource: config.MONGODB_AUTH_SOURCE,
  };
  return [
    `mongodb://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/`,
    {
      ...options,
      ...login,
      ...(replicaSet !== undefined && { replicaSet }),
      directConnection: hosts.length === 1 && replicaSet === undefined,
      tls: config.MONGODB_TLS,
    },
  ];
}
