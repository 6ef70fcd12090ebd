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

/** A client of the database; it connects with the first query. */
export function clientOf(config: MongodbServerConfig, log: Log): MongoClient {
  const {
    MONGODB_HOSTS: hosts,
    MONGODB_USER: username,
    MONGODB_PASSWORD: password,
    MONGODB_REPLICA_SET: replicaSet,
  } = config;
  const single = hosts.length === 1 && replicaSet === undefined;
  const client = new MongoClient(`mongodb://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/`, {
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
  client.on('serverHeartbeatFailed', () => log('debug', 'MongoDB does not answer the monitor'));
  return client;
}
