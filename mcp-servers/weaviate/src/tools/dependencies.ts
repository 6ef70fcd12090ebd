import type { WeaviateServerConfig } from '../config.ts';
import type { Library } from '../policy/library.ts';
import type { Database } from '../weaviate/database.ts';

/** What every tool works with. */
export interface Dependencies {
  readonly database: Database;
  readonly library: Library;
  readonly config: WeaviateServerConfig;
}

/** Scope of a token that may read which collections there are and how they are made. */
export const SCHEMA_SCOPE = 'weaviate:schema';
/** Scope of a token that may read objects. */
export const READ_SCOPE = 'weaviate:read';
