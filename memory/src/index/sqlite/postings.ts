import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { IndexFilter } from '../../stores/search-index.ts';
import { condition, searchedScopes, wordToken } from './tokens.ts';

/** Postings of one word that a search walks at most: the newest. */
const MOST_POSTINGS = 1000;
/** Words of a question that are looked up at most; the rest weighs nothing. */
const MOST_WORDS = 64;

/** The full-text table: which rows have which token. */
export class Postings {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #match: StatementSync;
  readonly #newestRow: StatementSync;
  /** A search asks first for the rows of a word and then how many they are. */
  readonly #found = new Map<string, readonly number[]>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO words (rowid, tokens) VALUES (?, ?)');
    this.#delete = database.prepare('DELETE FROM words WHERE rowid = ?');
    this.#match = database.prepare('SELECT rowid AS row FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?');
    this.#match.setReturnArrays(true);
    this.#newestRow = database.prepare('SELECT max(row) AS row FROM entries');
  }

  insert(row: number, tokens: string): void {
    this.#found.clear();
    this.#insert.run(row, tokens);
  }

  delete(row: number): void {
    this.#found.clear();
    this.#delete.run(row);
  }

  /** Rows that have any of the words, each with the sum of its words' weights, the heaviest first. */
  weighted(
    filter: IndexFilter,
    terms: readonly string[],
    weigh: (frequency: number) => number,
  ): readonly (readonly [row: number, weight: number])[] {
    const weights = new Map<number, number>();
    for (const term of new Set(terms.slice(0, MOST_WORDS))) {
      const rows = this.#rows(filter, term);
      const weight = weigh(this.#estimate(rows));
      for (const row of rows) weights.set(row, (weights.get(row) ?? 0) + weight);
    }
    return [...weights].sort((one, other) => other[1] - one[1] || other[0] - one[0]);
  }

  /** How many rows of the filter's scope have the word; estimated where they are more than a search walks. */
  frequency({ tenant, subjectIds }: IndexFilter, term: string): number {
    return this.#estimate(this.#rows(subjectIds === undefined ? { tenant } : { tenant, subjectIds }, term));
  }

  /** Rows that the filter may let pass, the newest first. */
  newest(filter: IndexFilter, limit: number): readonly number[] {
    return this.#search(filter, searchedScopes(filter), limit);
  }

  #rows(filter: IndexFilter, term: string): readonly number[] {
    const words = searchedScopes(filter).map((scope) => wordToken(scope, term));
    return this.#search(filter, words, MOST_POSTINGS);
  }

  #search(filter: IndexFilter, any: readonly string[], limit: number): readonly number[] {
    const asked = [
      filter.namespaces,
      filter.subjectIds,
      filter.sessionIds,
      filter.agentIds,
      filter.types,
      filter.tiers,
    ];
    if (asked.some((values) => values?.length === 0)) return [];
    const further = condition(filter);
    const query = `(${any.map((token) => `"${token}"`).join(' OR ')})${further === '' ? '' : ` AND ${further}`}`;
    const key = `${limit} ${query}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const rows = this.#match.all(query, limit).map((row) => (row as unknown as readonly [number])[0]);
    if (this.#found.size >= MOST_WORDS) this.#found.clear();
    this.#found.set(key, rows);
    return rows;
  }

  /** Where only the newest were walked: as many as there would be if the older rows had the word as often. */
  #estimate(rows: readonly number[]): number {
    const oldest = rows.at(-1);
    if (rows.length < MOST_POSTINGS || oldest === undefined) return rows.length;
    const newest = Number(this.#newestRow.get()?.row);
    return Math.round((rows.length * newest) / Math.max(1, newest - oldest));
  }
}
