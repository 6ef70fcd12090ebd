/** Which passages have a stem, how often, and how long they are: by number, ascending. */
export class Postings {
  readonly #numbers: number[] = [];
  readonly #counts: number[] = [];
  readonly #lengths: number[] = [];

  get size(): number {
    return this.#numbers.length;
  }

  /** Numbers only grow: a new passage is the last. */
  add(number: number, count: number, length: number) {
    this.#numbers.push(number);
    this.#counts.push(count);
    this.#lengths.push(length);
  }

  remove(number: number) {
    const place = this.#placeOf(number);
    if (place === undefined) return;
    this.#numbers.splice(place, 1);
    this.#counts.splice(place, 1);
    this.#lengths.splice(place, 1);
  }

  /** The newest first, at most `limit` of them. */
  newest(limit: number, visit: (number: number, count: number, length: number) => void) {
    const end = Math.max(0, this.#numbers.length - limit);
    for (let place = this.#numbers.length - 1; place >= end; place--) {
      visit(this.#numbers[place] as number, this.#counts[place] as number, this.#lengths[place] as number);
    }
  }

  #placeOf(number: number): number | undefined {
    let [low, high] = [0, this.#numbers.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#numbers[middle] as number;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
