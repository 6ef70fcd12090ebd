/** What the words of a question stand for, before its grammar is looked at. */
import type { FoundPeriod } from './dates.ts';
import type { EntityLink, FieldLink, ValueLink } from './vocabulary.ts';

/** A name of fields, of entities, or of either. */
export interface Mention {
  readonly kind: 'mention';
  readonly text: string;
  readonly fields: readonly FieldLink[];
  readonly entities: readonly EntityLink[];
  /** The mention of the entity whose field this is, as in "names of agents". */
  owner?: Mention;
  readonly plural: boolean;
  /** What the entity is called is asked for. */
  readonly label?: boolean;
}

export interface ValueTerm {
  readonly kind: 'value';
  readonly text: string;
  readonly links: readonly ValueLink[];
}

export interface NumberTerm {
  readonly kind: 'number';
  readonly text: string;
  readonly value: number;
}

export interface PeriodTerm {
  readonly kind: 'period';
  readonly text: string;
  readonly period: FoundPeriod;
}

/** Text that is no known value: quoted, or written as a name. */
export interface TextTerm {
  readonly kind: 'text';
  readonly text: string;
  readonly quoted: boolean;
}

/** "oldest", "older": compares by a field that it does not name. */
export interface AdjectiveTerm {
  readonly kind: 'adjective';
  readonly text: string;
  readonly superlative: boolean;
  /** Asks for more of the field. */
  readonly more: boolean;
  readonly fields: readonly FieldLink[];
  /** Fields of which it asks for less where it asks for more of `fields`: the oldest was born first. */
  readonly turned: readonly FieldLink[];
}

export type Literal = ValueTerm | NumberTerm | PeriodTerm | TextTerm;
export type Term = Mention | AdjectiveTerm | Literal;
