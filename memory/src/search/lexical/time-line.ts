import type { Interval } from '../time/interval.ts';

/** Numbers of passages in the order of their times. */
export class TimeLine {
  readonly #times: number[] = [];
  readonly #numbers: number[] = [];

  add(time: number, number: number) {
    const place = this.#firstAfter(time);
    this.#times.splice(place, 0, time);
    this.#numbers.splice(place, 0, number);
  }

  remove(time: number, number: number) {
    for (let place = this.#firstAfter(time) - 1; place >= 0 && this.#times[place] === time; place--) {
      if (this.#numbers[place] !== number) continue;
      this.#times.splice(place, 1);
      this.#numbers.splice(place, 1);
      return;
    }
  }

  /** Those of an interval, the first first, at most `limit`. */
  within({ from, to }: Interval, limit: number): number[] {
    const found: number[] = [];
    for (let place = this.#firstAfter(from - 1); place < this.#times.length && found.length < limit; place++) {
      if ((this.#times[place] as number) >= to) break;
      found.push(this.#numbers[place] as number);
    }
    return found;
  }

  #firstAfter(time: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
