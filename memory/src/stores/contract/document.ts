import type { Document, DocumentStore } from '../store.ts';

/** What the parts of the contract share: the store, the time that tests start at, and the tenant of the test that runs. */
export interface Contract {
  readonly store: DocumentStore;
  /** Milliseconds since 1970, close to the machine's clock: databases reap by that. */
  readonly now: number;
  tenant: string;
}

export const HOUR = 3_600_000;

/** A memory that lives for ever unless said otherwise. */
export function document(given: Partial<Document> & { readonly id: string }): Document {
  return {
    kind: 'memory',
    version: 1,
    attributes: {},
    order: 1,
    expiresAt: null,
    pending: false,
    body: { text: given.id },
    ...given,
  };
}
