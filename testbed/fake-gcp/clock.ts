/** The time of the fake cloud: it stands still until it is moved, so that what a test sees is the same each time. */
export class Clock {
  #now: number;

  /** @param start milliseconds since 1970 */
  constructor(start: number) {
    this.#now = start;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  set(milliseconds: number): void {
    this.#now = milliseconds;
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** As Google writes it, such as `2026-11-23T02:00:00.000000Z`. */
  timestamp(seconds = 0): string {
    return new Date(this.#now + seconds * 1000).toISOString().replace(/Z$/, '000Z');
  }
}
