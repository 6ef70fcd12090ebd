// JSON schemas -> TypeScript interfaces. json-schema-to-typescript is not used: it has no readonly properties, keeps
// whole descriptions (the file would double), and doubles a definition that is referenced with its own description.

export interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  /** Name of another definition. */
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

export type Definitions = ReadonlyMap<string, Schema>;

/** One `export interface` or `export type` for each definition, in the order of the map. */
export function declarations(definitions: Definitions): string {
  return [...definitions].map(([name, schema]) => declaration(name, schema)).join('\n');
}

function declaration(name: string, schema: Schema): string {
  const doc = comment(schema.description, '');
  if (schema.properties === undefined) return `${doc}export type ${name} = ${typeOf(schema)};\n`;
  const lines = Object.entries(schema.properties).map(([key, property]) => {
    const optional = schema.required?.includes(key) ? '' : '?';
    return `${comment(property.description, '  ')}  readonly ${propertyName(key)}${optional}: ${typeOf(property)};\n`;
  });
  if (schema['x-kubernetes-preserve-unknown-fields']) lines.push('  readonly [key: string]: unknown;\n');
  return `${doc}export interface ${name} {\n${lines.join('')}}\n`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref;
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string') return 'number | string';
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  if (schema.oneOf !== undefined && schema.type === undefined) return schema.oneOf.map(typeOf).join(' | ');
  switch (schema.type) {
    case 'array': {
      const item = typeOf(schema.items ?? {});
      return item.includes(' | ') ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case 'object': {
      const value = schema.additionalProperties;
      return `Readonly<Record<string, ${typeof value === 'object' ? typeOf(value) : 'unknown'}>>`;
    }
    case 'integer':
      return 'number';
    case 'string':
    case 'boolean':
    case 'number':
      return schema.type;
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no TypeScript type for the JSON schema type ${schema.type}`);
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value);
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`;
}

/** The first paragraph of the description, wrapped at 120 columns. */
function comment(description: string | undefined, indent: string): string {
  const words =
    description
      ?.trim()
      .split(/\n\s*\n/)[0]
      ?.replaceAll('*/', '*\\/')
      .split(/\s+/) ?? [];
  if (words.join('') === '') return '';
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) as string;
    if (line !== '' && indent.length + 3 + line.length + 1 + word.length > 120) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  if (lines.length === 1 && indent.length + 7 + (lines[0] as string).length <= 120)
    return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}
