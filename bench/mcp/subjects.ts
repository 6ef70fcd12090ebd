/** The servers that are measured, each with the command that a person gives a client for reading one database. */
import { join } from 'node:path';
import type { Call } from './connection.ts';

export type Transport = 'stdio' | 'http';

/** One server over one transport. */
export interface Subject {
  readonly name: 'ours' | 'mongodb-mcp-server';
  readonly transport: Transport;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Port of its endpoint, over HTTP. */
  readonly port: number;
  readonly find: Call;
}

export interface Place {
  readonly root: string;
  /** Script of MongoDB's server. */
  readonly peer: string;
  /** Of MongoDB, `host:port`. */
  readonly database: string;
}

export const databaseName = 'orchestra';
/**
 * Documents of each answer: ten, as both servers' own default pages have. No filter: MongoDB's server also counts what a find
 * matches, and without an index it would be measured by that scan.
 */
const limit = 10;

/** All at their defaults but for what the measurement needs: no telemetry, no rate limit, nothing logged per call to a terminal. */
export const subjects = (place: Place, ports: readonly [number, number]): Subject[] =>
  (['stdio', 'http'] as const).flatMap((transport) => [
    ours(place, transport, ports[0]),
    mongodbsOwn(place, transport, ports[1]),
  ]);

function ours({ root, database }: Place, transport: Transport, port: number): Subject {
  return {
    name: 'ours',
    transport,
    port,
    // As `npm start` does.
    args: ['--max-semi-space-size=4', join(root, 'mcp-servers/start.ts'), 'mongodb'],
    env: {
      MCP_TRANSPORT: transport,
      MCP_HTTP_PORT: String(port),
      MCP_RATE_LIMIT_PER_SECOND: '10000',
      MCP_CONCURRENCY: '64',
      MONGODB_URL: `mongodb://${database}/${databaseName}?directConnection=true`,
    },
    find: { name: 'find', arguments: { collection: 'runs', limit } },
  };
}

function mongodbsOwn({ root, peer, database }: Place, transport: Transport, port: number): Subject {
  return {
    name: 'mongodb-mcp-server',
    transport,
    port,
    args: [peer, '--readOnly', '--transport', transport, '--httpPort', String(port)],
    env: {
      MDB_MCP_CONNECTION_STRING: `mongodb://${database}/?directConnection=true`,
      MDB_MCP_TELEMETRY: 'disabled',
      DO_NOT_TRACK: '1',
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile-peer'),
    },
    find: {
      name: 'find',
      arguments: {
        connectionId: 'preconfigured',
        database: databaseName,
        collection: 'runs',
        limit,
      },
    },
  };
}
