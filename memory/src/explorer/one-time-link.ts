import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A link that hands the token of this machine to the first browser that opens it, and to no other. */
export class OneTimeLink {
  static readonly lifetimeMilliseconds = 600_000;
  readonly #token: string;
  readonly #code = randomBytes(32).toString('base64url');
  readonly #now: () => number;
  readonly #until: number;
  #used = false;

  constructor(token: string, now: () => number) {
    this.#token = token;
    this.#now = now;
    this.#until = now() + OneTimeLink.lifetimeMilliseconds;
  }

  /** @param origin such as `http://127.0.0.1:8080` */
  of(origin: string): string {
    return `${origin}/explorer#open=${this.#code}`;
  }

  /** The token; undefined where the code is another one, was used already, or came too late. */
  redeem(code: string): string | undefined {
    const isIt = timingSafeEqual(digest(code), digest(this.#code));
    if (!isIt || this.#used || this.#now() >= this.#until) return undefined;
    this.#used = true;
    return this.#token;
  }
}

const digest = (text: string) => hash('sha256', text, 'buffer');
