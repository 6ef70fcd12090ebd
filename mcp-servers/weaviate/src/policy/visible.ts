import type { Collection, Property, Vector } from '../catalogue/collection.ts';
import type { CollectionRule, Policy } from './policy.ts';
import { looksSecret } from './secret-names.ts';

/** A collection as callers know it: what the policy hides is not in it, so that nothing later can name it. */
export interface Visible {
  readonly name: string;
  readonly description?: string;
  readonly multiTenant: boolean;
  /** Names the tenant of each object, where the collection has no tenants of its own. It may itself be hidden. */
  readonly tenantProperty?: Property;
  readonly properties: ReadonlyMap<string, Property>;
  /** Vectors that may be searched. */
  readonly vectors: readonly Vector[];
  /** Vectors that may not, as they are made of what is hidden. */
  readonly closedVectors: readonly string[];
  readonly nullsIndexed: boolean;
  readonly timesIndexed: boolean;
  /** Why nothing of it can be read, though the policy lets it be: the operator's mistake. */
  readonly broken?: string;
}

/** What of a collection may be known. Not set: nothing, not even its name. */
export function visibleOf(collection: Collection, policy: Policy): Visible | undefined {
  const rule = policy.ruleOf(collection.name);
  if (rule === undefined) return undefined;
  const properties = new Map(
    shown(collection.properties, rule, '').map((property) => [property.name, property] as const),
  );
  const whole = new Set(
    collection.properties.filter((one) => isWhole(one, properties.get(one.name))).map(({ name }) => name),
  );
  const open = ({ name, sources }: Vector) =>
    rule.vectors.includes(name) || (sources ?? []).every((one) => whole.has(one));
  const tenantProperty = collection.properties.find(({ name }) => name === rule.tenantProperty);
  const broken = brokenBy(rule, tenantProperty, collection);
  return {
    name: collection.name,
    ...(collection.description === undefined ? {} : { description: collection.description }),
    multiTenant: collection.multiTenant,
    ...(tenantProperty && { tenantProperty }),
    properties,
    vectors: collection.vectors.filter(open),
    closedVectors: collection.vectors.filter((vector) => !open(vector)).map(({ name }) => name),
    nullsIndexed: collection.nullsIndexed,
    timesIndexed: collection.timesIndexed,
    ...(broken === undefined ? {} : { broken }),
  };
}

function shown(properties: readonly Property[], rule: CollectionRule, above: string): Property[] {
  return properties.flatMap((property) => {
    const path = `${above}${property.name}`;
    if (rule.hide.includes(path)) return [];
    const listed = rule.properties?.some((one) => one === path || path.startsWith(`${one}.`));
    const listsInside = rule.properties?.some((one) => one.startsWith(`${path}.`));
    if (rule.properties !== undefined && !listed && !listsInside) return [];
    // Whoever lists a property means it; without a list its name decides.
    if (!rule.properties?.includes(path) && looksSecret(property.name, property.type)) return [];
    if (property.type !== 'object') return [property];
    const nested = shown(property.nested, rule, `${path}.`);
    return nested.length === 0 ? [] : [{ ...property, nested }];
  });
}

/** Whether nothing of a property is hidden. */
function isWhole(all: Property, seen: Property | undefined): boolean {
  if (seen === undefined || all.nested.length !== seen.nested.length) return false;
  return all.nested.every((one, index) => isWhole(one, seen.nested[index]));
}

/** With other tokenizations, `acme` would also find what belongs to `acme-labs`. */
function brokenBy(
  rule: CollectionRule,
  property: Property | undefined,
  { multiTenant }: Collection,
): string | undefined {
  if (rule.tenantProperty === undefined) return undefined;
  if (multiTenant) return 'has tenants of its own, so that tenantProperty must not be set';
  if (property === undefined) return `has no property ${rule.tenantProperty} to tell tenants apart by`;
  const exact = property.type === 'uuid' || (property.type === 'text' && property.tokenization === 'field');
  if (exact && property.filterable && !property.list) return undefined;
  return `needs ${property.name} to be a filterable text with tokenization "field" to tell tenants apart by`;
}
