import { z } from 'zod';
import { batches, inParallel } from './batches.ts';
import { type Embedder, type EmbedderOptions, WrongVectors } from './embedder.ts';
import { postJson } from './request.ts';
import { unitVector } from './vectors.ts';

export interface OpenAiOptions extends EmbedderOptions {
  /** Sent as bearer token. @default none is sent */
  readonly apiKey?: string;
  /** Texts in one request. @default 64 */
  readonly batch?: number;
}

const embeddings = z.object({ data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })) });

/** Any service with OpenAI's `POST /v1/embeddings`; `url` is without `/v1`. */
export function openAiEmbedder(options: OpenAiOptions): Embedder {
  const { url, model, dimensions, apiKey, timeoutMilliseconds = 10_000, concurrency = 4, batch = 64 } = options;
  const endpoint = new URL('v1/embeddings', url.endsWith('/') ? url : `${url}/`).href;
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };

  const embedBatch = async (input: readonly string[], signal: AbortSignal | undefined) => {
    const body = { model, input, encoding_format: 'float' };
    const answer = await postJson({ url: endpoint, body, headers, timeoutMilliseconds, ...(signal && { signal }) });
    const parsed = embeddings.safeParse(answer);
    if (!parsed.success) throw new WrongVectors(endpoint, 'no list of embeddings');
    const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
    return input.map((_, index) => {
      const vector = byIndex.get(index);
      if (!vector) throw new WrongVectors(endpoint, `${byIndex.size} vectors for ${input.length} texts`);
      return unitVector(endpoint, dimensions, vector);
    });
  };

  const embed: Embedder['embed'] = async (texts, { signal } = {}) =>
    (await inParallel(batches(texts, batch), concurrency, (input) => embedBatch(input, signal))).flat();
  return {
    model,
    dimensions,
    embed,
    check: async () => {
      await embed(['ready']);
    },
  };
}
