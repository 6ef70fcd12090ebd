import type { MemoryConfig } from '../config.ts';
import type { Embedder } from '../search/dense/embedder.ts';
import { openAiEmbedder } from '../search/dense/openai.ts';
import { transformersEmbedder } from '../search/dense/transformers.ts';

/** The configured one; undefined: search is by words alone. */
export function openEmbedder(config: MemoryConfig): Embedder | undefined {
  const {
    MEMORY_EMBEDDER: kind,
    MEMORY_EMBEDDER_URL: url,
    MEMORY_EMBEDDER_MODEL: model,
    MEMORY_EMBEDDER_DIMENSIONS: dimensions,
    MEMORY_EMBEDDER_API_KEY: apiKey,
    MEMORY_EMBEDDER_TIMEOUT_MS: timeoutMilliseconds,
  } = config;
  if (kind === 'none' || url === undefined || model === undefined || dimensions === undefined) return undefined;
  const options = { url: String(url), model, dimensions, timeoutMilliseconds };
  if (kind === 'transformers') return transformersEmbedder(options);
  return openAiEmbedder({ ...options, ...(apiKey !== undefined && { apiKey }) });
}
