/** Load over HTTP, by autocannon, with latencies to the microsecond. */
import autocannon from 'autocannon';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Target {
  readonly url: string;
  /** Of `Authorization: Bearer`. */
  readonly token?: string;
}

/** A batch of requests: its percentiles in ms, and how many were answered a second. */
export interface Batch {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

export interface Load {
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends the requests in turn over each connection, the next when the last is answered.
 * Where none is answered in time, twice the time is given.
 * @throws where one is not answered 2xx
 */
export async function load(target: Target, requests: readonly Request[], given: Load): Promise<Batch> {
  const { url, token } = target;
  const { connections, seconds } = given;
  const times: number[] = [];
  const prepared = requests.map(({ method, path, body }) => ({
    method,
    path,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }));
  let connected = 0;
  const started = performance.now();
  const running = autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: 50,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    requests: prepared,
    // Each begins elsewhere, so that no two ask for the same all the time.
    setupClient: (client) => {
      const from = Math.floor((connected++ * prepared.length) / connections);
      client.setRequests([...prepared.slice(from), ...prepared.slice(0, from)]);
    },
  });
  let failed: number | undefined;
  let ended = started;
  running.on('response', (_client, status, _bytes, milliseconds) => {
    if (status >= 300) failed ??= status;
    times.push(milliseconds);
    ended = performance.now();
  });
  const { errors, timeouts } = await running;
  if (failed !== undefined || errors + timeouts > 0) {
    throw new Error(
      `${requests[0]?.method} ${url}${requests[0]?.path}: answered ${failed}, ${errors} errors, ${timeouts} timeouts`,
    );
  }
  if (times.length === 0) return load(target, requests, { connections, seconds: 2 * seconds });
  return batchOf(times, ended - started);
}

/** @param elapsed milliseconds that all of it took */
export function batchOf(times: readonly number[], elapsed: number): Batch {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), perSecond: times.length / (elapsed / 1000) };
}
