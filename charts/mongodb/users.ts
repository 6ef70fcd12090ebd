/** The users of MongoDB, each with what it needs and no more. All log in at the database `admin`. */
import type { SecretSpec } from '../lib/secret.ts';
import { secrets } from '../secrets.ts';

/** Database of the memory service. */
export const memoryDatabase = 'memory';
/** Database that agents ask questions about, through mcp-mongodb. It is not the memory service's, which holds every tenant. */
export const agentsDatabase = 'agents';

/** A role on a database. */
export interface MongoDbRole {
  readonly role: string;
  readonly db: string;
}

/** A user, whose password is the key `password` of a Secret. */
export interface MongoDbUser {
  readonly secret: SecretSpec<'password'>;
  readonly roles: readonly MongoDbRole[];
}

export const mongodbUsers = {
  memory: { secret: secrets.mongodbMemory, roles: [{ role: 'readWrite', db: memoryDatabase }] },
  mcp: { secret: secrets.mongodbMcp, roles: [{ role: 'read', db: agentsDatabase }] },
  exporter: {
    secret: secrets.mongodbExporter,
    // The two that mongodb_exporter's README asks for.
    roles: [
      { role: 'clusterMonitor', db: 'admin' },
      { role: 'read', db: 'local' },
    ],
  },
  backup: { secret: secrets.mongodbBackup, roles: [{ role: 'backup', db: 'admin' }] },
  // Enough for --oplogReplay too: since 3.4 applyOps is authorized operation by operation (SERVER-25994).
  restore: { secret: secrets.mongodbRestore, roles: [{ role: 'restore', db: 'admin' }] },
} as const satisfies Readonly<Record<string, MongoDbUser>>;

/** Name of a user, as it logs in. */
export type MongoDbUserName = keyof typeof mongodbUsers;
