/** Counts the calls of each caller that run at the same time. */
export class Concurrency {
  readonly #most: number;
  readonly #running = new Map<string, number>();

  /** @param most calls of one caller */
  constructor(most: number) {
    this.#most = most;
  }

  /** Calls of all callers that run. */
  get running(): number {
    let all = 0;
    for (const count of this.#running.values()) all += count;
    return all;
  }

  isFull(caller: string): boolean {
    return (this.#running.get(caller) ?? 0) >= this.#most;
  }

  /** @returns what gives the place back; undefined: the caller has no place left */
  enter(caller: string): (() => void) | undefined {
    if (this.isFull(caller)) return undefined;
    this.#running.set(caller, (this.#running.get(caller) ?? 0) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const count = (this.#running.get(caller) ?? 1) - 1;
      // A caller without calls is forgotten, or the map would grow with every principal that ever called.
      if (count === 0) this.#running.delete(caller);
      else this.#running.set(caller, count);
    };
  }
}
