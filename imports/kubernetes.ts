import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definitions, Schema } from './typescript.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.';

// Simple types that are written in place, and unions that the published schema leaves empty.
const inPlace: Readonly<Record<string, Schema>> = {
  [`${meta}Time`]: { type: 'string' },
  [`${meta}MicroTime`]: { type: 'string' },
  [`${meta}FieldsV1`]: { type: 'object' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
  [`${apiextensions}JSON`]: {},
  [`${apiextensions}JSONSchemaPropsOrArray`]: {
    oneOf: [{ $ref: 'JSONSchemaProps' }, { type: 'array', items: { $ref: 'JSONSchemaProps' } }],
  },
  [`${apiextensions}JSONSchemaPropsOrBool`]: { oneOf: [{ $ref: 'JSONSchemaProps' }, { type: 'boolean' }] },
  [`${apiextensions}JSONSchemaPropsOrStringArray`]: {
    oneOf: [{ $ref: 'JSONSchemaProps' }, { type: 'array', items: { type: 'string' } }],
  },
};

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface PublishedSchema extends Schema {
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

/**
 * Definitions of the kinds and of all that they reach, by short name: the kinds first, the rest by name.
 *
 * @param directory the folder of the Go module k8s.io/kubernetes
 * @param kinds the last three parts of their names in the OpenAPI document, such as `apps.v1.Deployment`
 */
export async function kubernetesDefinitions(directory: string, kinds: readonly string[]): Promise<Definitions> {
  const openapi = JSON.parse(await readFile(join(directory, 'api/openapi-spec/swagger.json'), 'utf8'));
  const published = new Map<string, PublishedSchema>(Object.entries(openapi.definitions));
  const enums = await enumValues(directory);
  const definitions = new Map<string, Schema>();
  const origins = new Map<string, string>();

  function define(id: string): string {
    const name = id.slice(id.lastIndexOf('.') + 1);
    const origin = origins.get(name);
    if (origin === id) return name;
    if (origin !== undefined) throw new Error(`${origin} and ${id} would both be named ${name}`);
    origins.set(name, id);
    const schema = published.get(id);
    if (schema === undefined) throw new Error(`${id} is not in the OpenAPI document of Kubernetes`);
    const gvk = schema['x-kubernetes-group-version-kind']?.[0];
    definitions.set(name, convert(gvk === undefined ? schema : objectOfKind(gvk, requiringSpec(schema)), shortId(id)));
    return name;
  }

  function convert(schema: Schema, path: string): Schema {
    if (schema.$ref?.startsWith('#')) return reference(definitionId(schema.$ref), schema.description);
    const values = schema.type === 'string' ? enums.get(path) : undefined;
    return {
      ...schema,
      ...(schema.properties && {
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([key, property]) => [key, convert(property, `${path}.${key}`)]),
        ),
      }),
      ...(schema.items && { items: convert(schema.items, path) }),
      ...(typeof schema.additionalProperties === 'object' && {
        additionalProperties: convert(schema.additionalProperties, path),
      }),
      ...(values && { enum: values }),
    };
  }

  function reference(id: string, description: string | undefined): Schema {
    return { ...(inPlace[id] ?? { $ref: define(id) }), ...(description !== undefined && { description }) };
  }

  // The published schema has every spec optional; the server refuses an object without it where it must have fields.
  function requiringSpec(schema: Schema): Schema {
    const spec = published.get(definitionId(schema.properties?.spec?.$ref ?? ''));
    return spec?.required?.length ? { ...schema, required: [...(schema.required ?? []), 'spec'] } : schema;
  }

  const ids = new Map([...published.keys()].map((id) => [shortId(id), id]));
  const first = kinds.map((kind) => define(ids.get(kind) ?? kind));
  const rest = [...definitions.keys()].filter((name) => !first.includes(name)).sort();
  return new Map([...first, ...rest].map((name) => [name, definitions.get(name) as Schema]));
}

/** The schema of a kind as one writes it: its own apiVersion and kind, a name, no status. */
export function objectOfKind({ group, version, kind }: GroupVersionKind, schema: Schema): Schema {
  const { apiVersion: _, kind: __, metadata: ___, status: ____, ...rest } = schema.properties ?? {};
  return {
    ...schema,
    properties: {
      apiVersion: { enum: [group === '' ? version : `${group}/${version}`] },
      kind: { enum: [kind] },
      metadata: { $ref: 'NamedObjectMeta' },
      ...rest,
    },
    required: ['apiVersion', 'kind', 'metadata', ...(schema.required ?? [])],
  };
}

/**
 * Allowed values by `core.v1.Container.imagePullPolicy`. The OpenAPI document leaves them out; the Go source that it is
 * made from has them.
 */
async function enumValues(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const source = await readFile(join(directory, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8');
  const enums = new Map<string, readonly string[]>();
  let definition = '';
  let property = '';
  for (const line of source.split('\n')) {
    const type = /^func schema_(\w+)\(/.exec(line)?.[1];
    if (type !== undefined) definition = type.split('_').slice(-3).join('.');
    property = /^\t{5}"(\w+)": \{$/.exec(line)?.[1] ?? property;
    const values = /^\t+Enum: +\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1];
    if (values !== undefined) enums.set(`${definition}.${property}`, JSON.parse(`[${values}]`));
  }
  return enums;
}

function definitionId(ref: string): string {
  return ref.replace('#/definitions/', '');
}

function shortId(id: string): string {
  return id.split('.').slice(-3).join('.');
}
