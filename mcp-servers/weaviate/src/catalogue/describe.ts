/** A collection as callers are shown it: what can be filtered, searched and ranked by. */
import type { Visible } from '../policy/visible.ts';
import type { Property } from './collection.ts';

export type DescribedProperty = {
  readonly name: string;
  readonly type: string;
  readonly filter: boolean;
  readonly keyword: boolean;
  /** How texts are cut into words; with all but `field`, `equal` compares words. */
  readonly tokenization?: string | undefined;
  readonly description?: string | undefined;
};

export type DescribedVector = {
  readonly name: string;
  readonly made_by: string;
  readonly made_of?: string[];
  readonly distance: string;
};

/** Nested properties are told by their path; only the outermost can be named in an argument. */
export function describeProperties(properties: Iterable<Property>, above = ''): readonly DescribedProperty[] {
  return [...properties].flatMap((property) => {
    const { name, type, list, filterable, searchable, tokenization, description, nested } = property;
    const described: DescribedProperty = {
      name: `${above}${name}`,
      type: list ? `${type}[]` : type,
      filter: filterable && above === '' && type !== 'object',
      keyword: searchable && above === '',
      ...(tokenization !== undefined && { tokenization }),
      ...(description !== undefined && { description }),
    };
    return [described, ...describeProperties(nested, `${above}${name}.`)];
  });
}

export function describeVectors({ vectors }: Visible): readonly DescribedVector[] {
  return vectors.map(({ name, vectorizer, sources, distance }) => ({
    name,
    made_by: vectorizer ?? 'whoever writes the objects',
    ...(sources && { made_of: [...sources] }),
    distance,
  }));
}
