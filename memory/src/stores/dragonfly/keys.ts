import type { Key } from '../store.ts';

const escaped: Readonly<Record<string, string>> = { '%': '%25', '{': '%7B', '}': '%7D', ':': '%3A' };

/**
 * The keys of one tenant. They share a hash tag, so that they are in one slot of a cluster. What follows the last fixed part is
 * taken as it is: nothing comes after it that it could be mistaken for.
 */
export class TenantKeys {
  private readonly prefix: string;

  constructor(tenant: string) {
    this.prefix = `memory:{${tenant.replace(/[%{}:]/g, (character) => escaped[character] ?? character)}}:`;
  }

  /** Hash: one document. */
  document({ kind, id }: Key): string {
    return `${this.prefix}document:${kind}:${id}`;
  }

  /** Sorted set of places, by their bytes. */
  list(name: string): string {
    return `${this.prefix}list:${name}`;
  }

  /** Sorted set of `kind:id`, by when they were written: what the search index does not have. */
  get pending(): string {
    return `${this.prefix}pending`;
  }

  /** Sorted set of entries, by when they no longer hold: what is to be taken off the lists. */
  get stale(): string {
    return `${this.prefix}stale`;
  }
}

/** Set of all tenants. */
export const tenantsKey = 'memory:tenants';

/** Written by health checks. */
export const checkKey = 'memory:check';
