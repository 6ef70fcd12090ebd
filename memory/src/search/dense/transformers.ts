import { inParallel } from './batches.ts';
import { type Embedder, type EmbedderOptions, WrongVectors } from './embedder.ts';
import { postJson } from './request.ts';
import { unitVector } from './vectors.ts';

/**
 * An inference container of Weaviate's text2vec-transformers: `POST /vectors {text}` gives `{vector}`. One text a request, as its
 * protocol has no lists.
 */
export function transformersEmbedder(options: EmbedderOptions): Embedder {
  const { url, model, dimensions, timeoutMilliseconds = 10_000, concurrency = 4 } = options;
  const endpoint = new URL('vectors', url.endsWith('/') ? url : `${url}/`).href;
  const embed: Embedder['embed'] = (texts, { signal } = {}) =>
    inParallel(texts, concurrency, async (text) => {
      const answer = await postJson({ url: endpoint, body: { text }, timeoutMilliseconds, ...(signal && { signal }) });
      if (typeof answer !== 'object' || answer === null || !('vector' in answer))
        throw new WrongVectors(endpoint, 'no vector');
      return unitVector(endpoint, dimensions, answer.vector);
    });
  return {
    model,
    dimensions,
    embed,
    check: async () => {
      await embed(['ready']);
    },
  };
}
