/** The part of autocannon that is used here; the package has no types of its own. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface Request {
    readonly method: string;
    readonly path: string;
    readonly body?: string;
  }

  interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Milliseconds between two looks at whether the time is up. */
    readonly sampleInt: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Sent in turn by each connection. */
    readonly requests: readonly Request[];
    /** Called for each connection before its first request. */
    readonly setupClient: (client: Client) => void;
  }

  interface Client {
    setRequests(requests: readonly Request[]): void;
  }

  interface Result {
    readonly errors: number;
    readonly timeouts: number;
  }

  interface Running extends EventEmitter, PromiseLike<Result> {
    on(event: 'response', listener: (client: unknown, status: number, bytes: number, ms: number) => void): this;
  }

  export default function autocannon(options: Options): Running;
}
