/** A service that turns texts into vectors. Vectors of two models, or of two lengths, are never compared: both are kept with each. */
export interface Embedder {
  /** Kept with every vector that it made. */
  readonly model: string;
  /** Numbers in each vector. */
  readonly dimensions: number;
  /**
   * The vectors of the texts, in their order, each of length 1.
   * @throws EmbedderUnavailable, EmbedderRefused, WrongVectors
   */
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<readonly (readonly number[])[]>;
  /** Resolves when it embeds a small text as expected. @throws as `embed` does */
  check(): Promise<void>;
}

export interface EmbedderOptions {
  /** Where it is, such as `http://transformers.superagi-data:8080`. */
  readonly url: string;
  /** Its model, as it is kept with vectors. */
  readonly model: string;
  /** Numbers in each of its vectors. */
  readonly dimensions: number;
  /** Milliseconds that one request may take. @default 10000 */
  readonly timeoutMilliseconds?: number;
  /** Requests at the same time. @default 4 */
  readonly concurrency?: number;
}

/** It did not answer, or not in time, or said that it is overloaded: later it may. Search goes on without vectors. */
export class EmbedderUnavailable extends Error {
  override readonly name = 'EmbedderUnavailable';

  constructor(url: string, why: string, options?: ErrorOptions) {
    super(`${url} gives no vectors: ${why}. Try again later`, options);
  }
}

/** It answered that it will not: the same request will get the same answer. */
export class EmbedderRefused extends Error {
  override readonly name = 'EmbedderRefused';
  readonly status: number;

  constructor(url: string, status: number, body: string) {
    super(`${url} refuses with ${status}: ${body.slice(0, 300)}. Check its address, model and key`);
    this.status = status;
  }
}

/** What it answered are no vectors of this model: they must not be mixed with those that are kept. */
export class WrongVectors extends Error {
  override readonly name = 'WrongVectors';

  constructor(url: string, what: string) {
    super(`${url} answers with ${what}. Check that its model is the one that is configured`);
  }
}
