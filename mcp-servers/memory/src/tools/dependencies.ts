import type { MemoryServerConfig } from '../config.ts';
import type { MemoryAccess } from '../service/access.ts';

/** What every tool works with. */
export interface Dependencies {
  readonly memory: MemoryAccess;
  readonly config: MemoryServerConfig;
}

/** Scopes of the memory service, which a token for this server carries too. */
export const READ = 'memory:read';
export const WRITE = 'memory:write';
export const ADMIN = 'memory:admin';
