/** What is known of a database: its collections with the documents nested in them, their fields, values and relations. */

/** What the values of a field are; `mixed` where no type holds for nearly all of them. */
export type FieldType = 'string' | 'number' | 'boolean' | 'date' | 'objectId' | 'mixed';

/**
 * How a field says a time: a BSON `date`; text that sorts as time does (`isoDate`, `isoDateTime`); text that does not
 * (`slashDate`, as 08/30/2015); a `year`; `seconds` or `milliseconds` since 1970.
 */
export type TimeEncoding = 'date' | 'isoDate' | 'isoDateTime' | 'slashDate' | 'year' | 'seconds' | 'milliseconds';

export type Scalar = string | number | boolean;

export interface Field {
  /** `id` of the entity that it belongs to. */
  readonly entity: string;
  /** Path within the entity, with dots through embedded documents. */
  readonly name: string;
  /** Path from the root of the document, array names included. */
  readonly path: string;
  readonly type: FieldType;
  /** @default not a time */
  readonly time?: TimeEncoding;
  /** Text that holds numbers. */
  readonly numericText: boolean;
  /** An array of such values. */
  readonly list: boolean;
  /** Sampled entities that have no value here, or null. */
  readonly missing: number;
  /** Distinct values seen: at most `MOST_VALUES` and one more. */
  readonly distinct: number;
  /** Distinct values, the most frequent first; none beyond `MOST_VALUES`. */
  readonly values: readonly Scalar[];
  /** Whether `values` has every value that was sampled. */
  readonly complete: boolean;
  /** No two sampled entities have the same value. */
  readonly unique: boolean;
  /** Least and greatest number, or time in milliseconds since 1970. */
  readonly range?: { readonly min: number; readonly max: number };
  /** The words of its name, abbreviations written out, in lower case. */
  readonly words: readonly string[];
}

/** A collection, or an array of documents within one. */
export interface Entity {
  /** `orders`, or `orders.lines` for the documents of its array `lines`. */
  readonly id: string;
  readonly collection: string;
  /** Path of the array from the root of the document; empty for the collection itself. */
  readonly path: string;
  /** `id` of the entity that contains it. */
  readonly parent?: string;
  /** Sampled documents, over all documents that contain it. */
  readonly count: number;
  readonly fields: readonly Field[];
  readonly words: readonly string[];
}

/** A field whose values are found in a field that tells the entities of another collection apart. */
export interface Relation {
  readonly from: string;
  readonly to: string;
  /** Paths from the root of the documents. */
  readonly localField: string;
  readonly foreignField: string;
  /** Share of the distinct values that were found, from 0 to 1. */
  readonly overlap: number;
}

/** Words that an operator says mean a collection, a field or a value. */
export interface Synonym {
  readonly phrase: string;
  readonly entity?: string;
  /** Path from the root of the document. */
  readonly field?: string;
  readonly value?: Scalar;
}

export interface Catalogue {
  readonly entities: readonly Entity[];
  readonly relations: readonly Relation[];
  readonly synonyms: readonly Synonym[];
}

/** Distinct values of a field that are kept. */
export const MOST_VALUES = 2000;

/** Longest text that is kept as a value. */
export const LONGEST_VALUE = 120;
