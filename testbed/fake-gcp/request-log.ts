/** What was asked of the fake cloud, in its order. */
import type { Fields } from './route.ts';

export interface LoggedRequest {
  readonly number: number;
  /** Of the fake cloud's clock. */
  readonly time: string;
  /** `container`; `sts` for tokens. */
  readonly api: string;
  readonly method: string;
  /** Below the base of the API, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON that was sent, or `undefined`. What a secret holds is in it, as in the real request. */
  readonly body: Fields | undefined;
  readonly bearer: string | undefined;
  /** Who the token is of; undefined where it is nobody's. */
  readonly principal: string | undefined;
  /** It could change something. */
  readonly writes: boolean;
  /** 0 where the connection was cut, or nothing was answered yet. */
  status: number;
}

export class RequestLog {
  readonly #all: LoggedRequest[] = [];

  add(request: Omit<LoggedRequest, 'number' | 'status'>): LoggedRequest {
    const logged = { ...request, number: this.#all.length + 1, status: 0 };
    this.#all.push(logged);
    return logged;
  }

  /** In the order in which they came. */
  get all(): readonly LoggedRequest[] {
    return this.#all;
  }

  /** Those that could change something, done or refused. */
  get writes(): readonly LoggedRequest[] {
    return this.#all.filter(({ writes }) => writes);
  }

  /** Forgets them; numbers begin anew. */
  clear(): void {
    this.#all.length = 0;
  }
}
