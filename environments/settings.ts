/** Walks the schema: which settings there are, and what an environment's value of each is. */
import * as z from 'zod';
import { environment } from './schema.ts';
import { type SettingInfo, settingInfo } from './setting.ts';
import { Budget, Cpu, Duration, Size } from './units.ts';

/** A place in an environment: names of settings, and the index in a list. */
export type Path = readonly (string | number)[];

/** A setting with its place. A list's element has the index `'*'`. */
export interface Setting {
  readonly path: string;
  readonly info: SettingInfo;
}

/** `superagi.workers.replicas`, `regions[0].folder`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' || part === '*' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
    '',
  );
}

/** The schemas that may stand below `schema` under `key`; more than one where a union's members share the name. */
function below(schema: z.ZodType, key: string | number): z.ZodType[] {
  if (schema instanceof z.ZodReadonly) return below(schema.unwrap() as z.ZodType, key);
  if (schema instanceof z.ZodArray) return typeof key === 'number' || key === '*' ? [schema.element as z.ZodType] : [];
  if (schema instanceof z.ZodDiscriminatedUnion)
    return (schema.options as z.ZodType[]).flatMap((option) => below(option, key));
  if (schema instanceof z.ZodObject) return schema.shape[key] ? [schema.shape[key] as z.ZodType] : [];
  return [];
}

/** The names that may stand below `schema`. */
function namesBelow(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodReadonly) return namesBelow(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return ['*'];
  if (schema instanceof z.ZodDiscriminatedUnion)
    return [...new Set((schema.options as z.ZodType[]).flatMap(namesBelow))];
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  return [];
}

function schemasAt(path: Path): z.ZodType[] {
  return path.reduce<z.ZodType[]>((schemas, key) => schemas.flatMap((schema) => below(schema, key)), [environment]);
}

/** What is known of the setting at `path`; undefined for a group or an unknown name. */
export function infoAt(path: Path): SettingInfo | undefined {
  return schemasAt(path)
    .map(settingInfo)
    .find((info) => info !== undefined);
}

/** The names that are allowed at `path`. */
export function namesAt(path: Path): string[] {
  return [...new Set(schemasAt(path).flatMap(namesBelow))];
}

/** Every setting of the schema, in the schema's order. */
export function settings(path: Path = []): Setting[] {
  return namesAt(path).flatMap((name) => {
    const here = [...path, name];
    const info = infoAt(here);
    return info ? [{ path: pathText(here), info }] : settings(here);
  });
}

/** A value in the words of its unit: `1 hour`, `20Gi`, `500m`, `$600 a month`, `'gateway'`. */
export function valueText(value: unknown): string {
  if (value instanceof Duration) return value.toHumanString();
  if (value instanceof Size || value instanceof Cpu || value instanceof Budget) return value.asString();
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a group of settings';
  return String(value);
}

const isLeaf = (value: unknown) =>
  typeof value !== 'object' ||
  value === null ||
  value instanceof Duration ||
  value instanceof Size ||
  value instanceof Cpu ||
  value instanceof Budget;

/** The values of an environment, leaf by leaf, with their paths. */
export function leaves(value: unknown, path: Path = []): { readonly path: Path; readonly value: unknown }[] {
  if (isLeaf(value)) return [{ path, value }];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value as Record<string, unknown>);
  return entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}
