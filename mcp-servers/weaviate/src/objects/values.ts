import type { QueryNested, QueryProperty } from 'weaviate-client';
import type { Property } from '../catalogue/collection.ts';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Values = Readonly<Record<string, Value>>;

/** What to ask of an object, so that what is hidden does not even leave Weaviate; nested ones have to be named one by one. */
export function selectionOf(properties: readonly Property[]): QueryProperty<undefined>[] {
  return properties
    .filter(({ type }) => type !== 'blob')
    .map((property) =>
      property.type === 'object'
        ? ({ name: property.name, properties: selectionOf(property.nested) } as QueryNested<undefined> & string)
        : property.name,
    );
}

/** What Weaviate gave, as plain JSON, and once more without what was not asked for. Absent values are left out. */
export function valuesOf(given: Readonly<Record<string, unknown>>, properties: readonly Property[]): Values {
  return Object.fromEntries(
    properties.flatMap((property) => {
      const value = plain(given[property.name], property);
      return value === undefined ? [] : [[property.name, value] as const];
    }),
  );
}

function plain(value: unknown, property: Property): Value | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) return value.flatMap((one) => plain(one, property) ?? []);
  if (typeof value !== 'object') return value as string | number | boolean;
  if (property.type === 'object') return valuesOf(value as Readonly<Record<string, unknown>>, property.nested);
  return JSON.parse(JSON.stringify(value)) as Value;
}
