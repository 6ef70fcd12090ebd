/** What a collection is, in the words of this server: the client's types are read once, in `read.ts`. */

export type DataType =
  | 'text'
  | 'int'
  | 'number'
  | 'boolean'
  | 'date'
  | 'uuid'
  | 'geoCoordinates'
  | 'phoneNumber'
  | 'blob'
  | 'object';

export interface Property {
  readonly name: string;
  readonly type: DataType;
  /** It has a list of values of its type. */
  readonly list: boolean;
  /** The owner's words, from the database. */
  readonly description?: string;
  /** Values can be compared for equality (`indexFilterable`) or by order (`indexRangeFilters`). */
  readonly filterable: boolean;
  /** Words can be searched by BM25. */
  readonly searchable: boolean;
  /** How a text is cut into terms: `word`, `field` and so on. Only of texts. */
  readonly tokenization?: string;
  /** Properties of an `object`. */
  readonly nested: readonly Property[];
}

export interface Vector {
  readonly name: string;
  /** Module that makes vectors of texts, such as `text2vec-transformers`. Not set: vectors are written with the objects. */
  readonly vectorizer?: string;
  /** Properties that the vectors are made of. Not set: unknown, as they are written with the objects. */
  readonly sources?: readonly string[];
  /** `cosine`, `dot`, `l2-squared`, `hamming` or `manhattan`. */
  readonly distance: string;
  /** Each object has several vectors of this name (ColBERT). */
  readonly multi: boolean;
}

export interface Collection {
  readonly name: string;
  /** The owner's words, from the database. */
  readonly description?: string;
  /** Each tenant has a shard of its own. */
  readonly multiTenant: boolean;
  readonly properties: readonly Property[];
  readonly vectors: readonly Vector[];
  /** `is_null` can be filtered by. */
  readonly nullsIndexed: boolean;
  /** `_created` and `_updated` can be filtered by. */
  readonly timesIndexed: boolean;
}
