import type { CrdDocument } from '../testbed/crds/sources.ts';
import { objectOfKind } from './kubernetes.ts';
import type { Definitions, Schema } from './typescript.ts';

export interface CustomKind {
  readonly crd: string;
  readonly version: string;
  /** Of the object at this path, the only properties that become types. */
  readonly only?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Definitions of a custom kind and of every object nested in it. A nested one is named by its path, without `spec`:
 * `spec.rules[].matches[]` of HTTPRoute is HTTPRouteRuleMatch.
 */
export function customDefinitions(crd: CrdDocument, { version, only = {} }: CustomKind): Definitions {
  const { group, names, versions } = crd.spec;
  const schema = versions.find(({ name }) => name === version)?.schema.openAPIV3Schema as Schema | undefined;
  if (schema === undefined) throw new Error(`${crd.metadata.name} has no version ${version}`);
  const definitions = new Map<string, Schema>();

  // An object with properties becomes a definition of its own, everything else stays where it is.
  function extract(schema: Schema, name: string, path: string): Schema {
    if (schema.type === 'array' && schema.items !== undefined) {
      return { ...schema, items: extract(schema.items, singular(name), path) };
    }
    if (typeof schema.additionalProperties === 'object') {
      return { ...schema, additionalProperties: extract(schema.additionalProperties, singular(name), path) };
    }
    if (schema.properties === undefined) return schema;
    const { description, ...undescribed } = schema;
    define(undescribed, name, path);
    return { $ref: name, ...(description !== undefined && { description }) };
  }

  function define(schema: Schema, name: string, path: string): void {
    if (definitions.has(name)) throw new Error(`two objects of ${crd.metadata.name} would be named ${name}`);
    definitions.set(name, schema);
    const kept = Object.entries(schema.properties ?? {}).filter(([key]) => only[path]?.includes(key) ?? true);
    const prefix = path === 'spec' ? names.kind : name;
    const properties = kept.map(([key, property]) => {
      const nested = `${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
      return [key, extract(property, nested, path === '' ? key : `${path}.${key}`)] as const;
    });
    definitions.set(name, { ...schema, properties: Object.fromEntries(properties) });
  }

  define(objectOfKind({ group, version, kind: names.kind }, schema), names.kind, '');
  return definitions;
}

function singular(name: string): string {
  if (/(ch|sh|ss|x)es$/.test(name)) return name.slice(0, -2);
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return name.endsWith('s') ? name.slice(0, -1) : name;
}
