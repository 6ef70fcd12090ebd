import { type DocumentName, nameKey } from './failures.ts';

/** Requests that answer only when a search finds what they wrote. */
export class Waiters {
  private readonly waiting = new Map<string, Set<{ readonly version: number; found(): void }>>();

  /** @returns true when all are indexed; false when the time is up, and they will be later */
  async wait(
    documents: readonly (DocumentName & { readonly version: number })[],
    timeoutMilliseconds: number,
  ): Promise<boolean> {
    const { promise: late, resolve: giveUp } = Promise.withResolvers<false>();
    const timer = setTimeout(() => giveUp(false), timeoutMilliseconds);
    const all = documents.map((document) => this.register(document));
    try {
      return await Promise.race([Promise.all(all.map(({ indexed }) => indexed)).then(() => true), late]);
    } finally {
      clearTimeout(timer);
      for (const { cancel } of all) cancel();
    }
  }

  private register(document: DocumentName & { readonly version: number }) {
    const key = nameKey(document);
    const { promise: indexed, resolve } = Promise.withResolvers<void>();
    const waiter = { version: document.version, found: resolve };
    const waiters = this.waiting.get(key) ?? new Set();
    this.waiting.set(key, waiters.add(waiter));
    const cancel = () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.waiting.get(key) === waiters) this.waiting.delete(key);
    };
    return { indexed, cancel };
  }

  indexed(document: DocumentName & { readonly version: number }): void {
    for (const { version, found } of this.waiting.get(nameKey(document)) ?? [])
      if (version <= document.version) found();
  }
}
