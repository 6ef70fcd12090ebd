import { EmbedderRefused, EmbedderUnavailable } from './embedder.ts';

export interface JsonRequest {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  /** Ends the request early. */
  readonly signal?: AbortSignal;
}

/** Too early, too many, or the server's own trouble: the same request may pass later. */
const passing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * Posts JSON and gives the JSON of the answer.
 * @throws EmbedderUnavailable, EmbedderRefused; the signal's reason when it was aborted
 */
export async function postJson({ url, body, headers, timeoutMilliseconds, signal }: JsonRequest): Promise<unknown> {
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const text = await response.text();
    if (passing(response.status)) throw new EmbedderUnavailable(url, `status ${response.status}`);
    if (!response.ok) throw new EmbedderRefused(url, response.status, text);
    return JSON.parse(text);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EmbedderUnavailable || error instanceof EmbedderRefused) throw error;
    if (timeout.aborted) throw new EmbedderUnavailable(url, `no answer in ${timeoutMilliseconds} ms`, { cause: error });
    throw new EmbedderUnavailable(url, reason(error), { cause: error });
  }
}

/** fetch says only that it failed; why is in its cause. */
const reason = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
};
