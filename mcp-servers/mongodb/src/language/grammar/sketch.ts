/** A question as its grammar says it: what is asked of what, before names are settled on fields. */
import type { AdjectiveTerm, Literal, Mention, NumberTerm, PeriodTerm, TextTerm, ValueTerm } from '../terms.ts';

/** The adjective of "18 years old", which is of the age alone. */
export const YEARS_OLD = 'years old';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type Aggregate = 'count' | 'sum' | 'avg' | 'min' | 'max';

export type SketchCondition =
  | {
      readonly kind: 'compare';
      readonly field: Mention;
      readonly op: Comparison;
      readonly values: readonly Literal[];
      readonly joined?: 'and' | 'or';
    }
  | {
      readonly kind: 'dimension';
      readonly adjective: AdjectiveTerm;
      readonly op: Comparison;
      readonly value: Literal | SketchMeasure;
    }
  | { readonly kind: 'between'; readonly field: Mention; readonly low: Literal; readonly high: Literal }
  | {
      readonly kind: 'is';
      readonly values: readonly ValueTerm[];
      readonly negated: boolean;
      readonly joined: 'and' | 'or';
    }
  | {
      readonly kind: 'text';
      readonly field: Mention;
      readonly how: 'contains' | 'starts' | 'ends';
      readonly texts: readonly string[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'has';
      readonly what: Mention;
      readonly where: readonly SketchCondition[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'size';
      readonly what: Mention;
      readonly op: Comparison;
      readonly count: number;
      readonly where: readonly SketchCondition[];
    }
  | { readonly kind: 'identity'; readonly entity: Mention; readonly values: readonly (Literal | TextTerm)[] }
  | { readonly kind: 'aggregate'; readonly field: Mention; readonly op: Comparison; readonly than: SketchMeasure }
  | {
      readonly kind: 'time';
      readonly relation: 'in' | 'before' | 'after' | 'since' | 'until';
      readonly period: PeriodTerm | NumberTerm;
    }
  | { readonly kind: 'all' | 'any'; readonly of: readonly SketchCondition[] }
  | { readonly kind: 'not'; readonly of: SketchCondition }
  /** Values that the group must have all of: "both red and blue". */
  | { readonly kind: 'both'; readonly of: readonly SketchCondition[] };

export interface SketchMeasure {
  readonly kind: 'measure';
  readonly op: Aggregate;
  /** What is counted or computed with; a count without it counts the rows. */
  readonly of?: Mention;
  readonly distinct: boolean;
}

export interface SketchOrder {
  readonly kind: 'order';
  readonly keys: readonly SketchKey[];
}

export interface SketchKey {
  /** Absent: the first column, as "in alphabetical order" means. */
  readonly by?: Mention | SketchMeasure | AdjectiveTerm;
  readonly descending: boolean;
}

/** "the youngest", "with the most players", "top 5 by tokens". */
export interface SketchSuperlative {
  readonly kind: 'superlative';
  readonly by: Mention | SketchMeasure | AdjectiveTerm;
  readonly descending: boolean;
  readonly limit: number;
  /** "users by tokens": what is ordered by may have to be added up for each. */
  readonly summed?: boolean;
}

export interface SketchGroup {
  readonly kind: 'group';
  readonly by: readonly Mention[];
}

export interface SketchLimit {
  readonly kind: 'limit';
  readonly limit: number;
}

/** A whole question. */
export interface Sketch {
  readonly output: readonly (Mention | SketchMeasure)[];
  readonly target?: Mention | undefined;
  /** Other mentions of entities, which only say where the target is found. */
  readonly context: readonly Mention[];
  readonly conditions: readonly SketchCondition[];
  readonly groups: readonly Mention[];
  readonly superlative?: SketchSuperlative | undefined;
  readonly order: readonly SketchKey[];
  readonly limit?: number | undefined;
  readonly distinct: boolean;
  /** "all the information": every field of the target. */
  readonly everything: boolean;
  /** "show", "list": records are asked for. */
  readonly asksRecords: boolean;
  /** "which", "who", "what are": names are asked for, not records. */
  readonly asksWhich: boolean;
  /** Words that no rule took. */
  readonly unmatched: readonly string[];
  /** Words that are taken only to lean on their neighbours. */
  readonly guesses: readonly string[];
  /** Parts whose role is not certain; the weight is the confidence that it costs. */
  readonly doubts: readonly { readonly about: string; readonly weight: number }[];
}

/** What a condition is about, as far as it is named. */
export function mentionsOf(condition: SketchCondition): Mention[] {
  if ('field' in condition) return [condition.field];
  if (condition.kind === 'has' || condition.kind === 'size') return [condition.what];
  return condition.kind === 'identity' ? [condition.entity] : [];
}
