import { indexed } from '../index/entry.ts';
import { textToEmbed } from '../search/passage.ts';
import type { IndexEntry, IndexRemoval, SearchIndex } from '../stores/search-index.ts';
import { type OwnedDocument, StoreFull, StoreUnavailable, type Tier } from '../stores/store.ts';

/** Makes vectors; a part of `Embedder` of search/. */
export interface VectorMaker {
  embed(texts: readonly string[]): Promise<readonly ArrayLike<number>[]>;
}

export interface Outcome {
  readonly document: OwnedDocument;
  /** done: the index has all of it. words: it is found by its words; its vector is still to be made. failed: it is not found. */
  readonly state: 'done' | 'words' | 'failed';
  /** Of words and failed. */
  readonly error?: unknown;
}

/** Nothing is wrong with the documents: they get their vectors when it is back. */
export const isEmbedderAway = (error: unknown): boolean =>
  error instanceof Error && error.name === 'EmbedderUnavailable';

/** The index itself cannot be used. */
const isAway = (error: unknown): boolean => error instanceof StoreUnavailable || error instanceof StoreFull;

/**
 * Tells the index about documents. Where it, or the embedder, refuses a batch, the halves are tried apart, so that one bad document
 * is found and the others go through.
 * @throws StoreUnavailable, StoreFull of the index
 */
export async function tellIndex(
  documents: readonly OwnedDocument[],
  tier: Tier,
  { index, embedder, now }: { readonly index: SearchIndex; readonly embedder?: VectorMaker; readonly now: number },
): Promise<readonly Outcome[]> {
  const embedded = new Map<OwnedDocument, Embedded>();
  const entries = new Map<OwnedDocument, IndexEntry>();
  const removals = new Map<OwnedDocument, IndexRemoval>();
  for (const document of documents) {
    const told = indexed(document, tier, now);
    if (told && 'entry' in told) entries.set(document, told.entry);
    if (told && 'removal' in told) removals.set(document, told.removal);
  }
  if (embedder) for (const [document, vector] of await embed([...entries], embedder)) embedded.set(document, vector);

  const apply = async (some: readonly OwnedDocument[]): Promise<readonly Outcome[]> => {
    const withVector = some.flatMap((document) => {
      const entry = entries.get(document);
      const vector = embedded.get(document)?.vector;
      return entry === undefined ? [] : [vector === undefined ? entry : { ...entry, vector }];
    });
    const gone = some.flatMap((document) => removals.get(document) ?? []);
    try {
      if (withVector.length + gone.length > 0) await index.apply(withVector, gone);
    } catch (error) {
      if (isAway(error)) throw error;
      if (some.length === 1) return some.map((document) => ({ document, state: 'failed', error }));
      return [...(await apply(some.slice(0, some.length >> 1))), ...(await apply(some.slice(some.length >> 1)))];
    }
    return some.map((document) => {
      const error = embedded.get(document)?.error;
      return error === undefined ? { document, state: 'done' } : { document, state: 'words', error };
    });
  };
  return apply(documents);
}

type Embedded =
  | { readonly vector: readonly number[]; readonly error?: never }
  | { readonly vector?: never; readonly error: unknown };

async function embed(
  entries: readonly (readonly [OwnedDocument, IndexEntry])[],
  embedder: VectorMaker,
): Promise<readonly (readonly [OwnedDocument, Embedded])[]> {
  if (entries.length === 0) return [];
  try {
    const vectors = await embedder.embed(entries.map(([, entry]) => textToEmbed(entry)));
    return entries.map(([document], i) => [document, { vector: Array.from(vectors[i] ?? []) }]);
  } catch (error) {
    if (isEmbedderAway(error) || entries.length === 1) return entries.map(([document]) => [document, { error }]);
    const half = entries.length >> 1;
    return [...(await embed(entries.slice(0, half), embedder)), ...(await embed(entries.slice(half), embedder))];
  }
}
