/**
 * Gives every entry of the search index a vector of another model, while the service goes on with the one it has. Each model's
 * vectors have a name of their own, so nothing is mixed: when the command has ended, the service is started with the new model and
 * finds all of them; then the command is run once more, for what was written in between. It looks for what has no vector of the
 * model, so it goes on wherever it was stopped.
 */
import { textToEmbed } from '../search/passage.ts';
import type { Vectorless } from './weaviate/vectors.ts';

/** An index that can tell what has no vector of the model that it is set up for. */
export interface VectorlessIndex {
  countVectorless(): Promise<number>;
  /** Pages of all of them. The next page is asked for with how many of the last one still have none. */
  findVectorless(limit: number): AsyncGenerator<readonly Vectorless[], void, { readonly left: number }>;
  /** @returns how many have it now; the others changed meanwhile, and are found again */
  addVectors(made: readonly { readonly to: Vectorless; readonly vector: readonly number[] }[]): Promise<number>;
}

export interface ReembedOptions {
  readonly index: VectorlessIndex;
  readonly embedder: { embed(texts: readonly string[]): Promise<readonly (readonly number[])[]> };
  /** Texts of one call of the embedder. Default: 64. */
  readonly batch?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @returns how many entries got a vector, and how many still have none: zero when the service may be switched over */
export async function reembed({
  index,
  embedder,
  batch = 64,
  onProgress = () => {},
}: ReembedOptions): Promise<{ readonly embedded: number; readonly left: number }> {
  const total = await index.countVectorless();
  let embedded = 0;
  onProgress(embedded, total);
  const pages = index.findVectorless(batch);
  for (let page = await pages.next(); !page.done; ) {
    const vectors = await embedder.embed(page.value.map(textToEmbed));
    const added = await index.addVectors(page.value.map((to, i) => ({ to, vector: vectors[i] ?? [] })));
    embedded += added;
    onProgress(embedded, total);
    page = await pages.next({ left: page.value.length - added });
  }
  return { embedded, left: await index.countVectorless() };
}
