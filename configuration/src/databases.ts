import { host, hostPorts, milliseconds, name, port, secret, text, word } from './values.ts';

// How any service reaches a database: one spelling, whoever connects. The caller adds `optional`, `default`, `requiredWhen`.

export const dragonfly = {
  DRAGONFLY_HOST: host().describe('Host of Dragonfly, which holds the short tier.'),
  DRAGONFLY_PORT: port().default(6379).describe('Port of Dragonfly.'),
  DRAGONFLY_PASSWORD: secret().describe('Password of Dragonfly (its requirepass).'),
  DRAGONFLY_TIMEOUT_MS: milliseconds(10, 30_000).default(250).describe('Longest wait for one Dragonfly command.'),
};

export const mongodb = {
  MONGODB_HOSTS: hostPorts(27_017).describe('Members of the MongoDB deployment to connect to first.'),
  MONGODB_REPLICA_SET: name().optional().describe('Name of the replica set; not set: a single server.'),
  MONGODB_DATABASE: name().describe('Database that the service uses.'),
  MONGODB_USER: word().describe('MongoDB user, with no more rights than the service needs.'),
  MONGODB_PASSWORD: secret().describe('Password of the MongoDB user.'),
  MONGODB_AUTH_SOURCE: name().default('admin').describe('Database that holds the MongoDB user.'),
};

export const firestore = {
  FIRESTORE_PROJECT: text('Google Cloud project id', /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/).describe(
    'Project of the Firestore database, which holds the long tier.',
  ),
  FIRESTORE_DATABASE: text('(default) | database id', /^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/)
    .default('(default)')
    .describe('Id of the Firestore database.'),
  FIRESTORE_EMULATOR_HOST: text('host:port', /^[A-Za-z0-9.-]+:\d{1,5}$/)
    .optional()
    .describe('Firestore emulator to use in place of Google Cloud; tests only.'),
  FIRESTORE_TIMEOUT_MS: milliseconds(10, 60_000).default(3000).describe('Longest wait for one Firestore request.'),
};

export const weaviate = {
  WEAVIATE_HTTP_HOST: host().describe('Host of Weaviate for REST (schema, health).'),
  WEAVIATE_HTTP_PORT: port().default(8080).describe('REST port of Weaviate.'),
  WEAVIATE_GRPC_HOST: host()
    .optional()
    .describe('Host of Weaviate for gRPC (search, batches); not set: the REST host.'),
  WEAVIATE_GRPC_PORT: port().default(50_051).describe('gRPC port of Weaviate.'),
  WEAVIATE_API_KEY: secret().describe('API key of Weaviate.'),
  WEAVIATE_TIMEOUT_MS: milliseconds(10, 60_000).default(1500).describe('Longest wait for one Weaviate request.'),
};
