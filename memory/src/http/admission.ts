import { Refusal } from '../api/errors.ts';

/** Lets so many requests work at a time and a bounded number wait; more are turned away while that is still cheap. */
export class Admission {
  readonly #running: number;
  readonly #waiting: number;
  #now = 0;
  readonly #queue: (() => void)[] = [];

  constructor({ running, waiting }: { readonly running: number; readonly waiting: number }) {
    this.#running = running;
    this.#waiting = waiting;
  }

  get state(): { readonly running: number; readonly waiting: number } {
    return { running: this.#now, waiting: this.#queue.length };
  }

  /** @throws Refusal overloaded */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#now < this.#running) this.#now += 1;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      // Whoever waits takes over the place, so that nobody overtakes.
      if (next === undefined) this.#now -= 1;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#queue.length >= this.#waiting) {
      throw new Refusal('overloaded', 'Too many requests wait already. Repeat it later.', { retryAfter: 1 });
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }
}
