/** The objects of this repository as the peers get them: once for all environments, with what differs as settings. */
import type { RenderedFile } from '../../synth/render.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly [key: string]: Json; readonly name: string };
} & { readonly [key: string]: Json };

/** A value that is not the same in every environment, or that charts usually take from their values. */
export interface Setting {
  /** Unique within its application. */
  readonly name: string;
  readonly path: readonly (string | number)[];
  /** By environment; one that leaves the value out is missing. */
  readonly values: Readonly<Record<string, Json>>;
}

/** An object of every environment that has it. */
export interface SharedObject {
  readonly application: string;
  /** By environment; one without the object is missing. */
  readonly manifests: Readonly<Record<string, Manifest>>;
  /** The object with a placeholder (`placeholder(setting)`) where its settings stand. */
  readonly template: Manifest;
  readonly settings: readonly Setting[];
}

export const placeholder = (name: string) => `__${name}__`;
export const placeholders = /__(setting[0-9]+)__/;

/** The label that every object of a workload has, with the name of the workload. */
export const nameLabel = 'app.kubernetes.io/name';

/** What charts take from their values even where it never differs, by path. */
const usuallySet = /^(metadata\.namespace|spec\.replicas|spec\.(.*\.)?(containers|initContainers)\.[0-9]+\.image)$/;

/** The objects of an environment, in one cluster. */
export interface EnvironmentObjects {
  readonly environment: string;
  readonly files: readonly Pick<RenderedFile, 'path' | 'construct' | 'manifest'>[];
}

/** Finds each object in all clusters, by its construct: the names of Jobs differ. One cluster an environment. */
export function sharedObjects(rendered: readonly EnvironmentObjects[]): SharedObject[] {
  const found = new Map<string, { application: string; manifests: Record<string, Manifest> }>();
  for (const { environment, files } of rendered)
    for (const { path, construct, manifest } of files) {
      const object = found.get(construct) ?? { application: path.split('/')[1] ?? '', manifests: {} };
      object.manifests[environment] = manifest as unknown as Manifest;
      found.set(construct, object);
    }
  const counters = new Map<string, number>();
  return [...found.values()].map(({ application, manifests }) => {
    const settings: Setting[] = [];
    const add = (path: Setting['path'], values: Setting['values']) => {
      const number = (counters.get(application) ?? 0) + 1;
      counters.set(application, number);
      settings.push({ name: `setting${number}`, path, values });
      return placeholder(`setting${number}`);
    };
    return { application, manifests, template: merge(manifests, [], add) as Manifest, settings };
  });
}

type Add = (path: Setting['path'], values: Setting['values']) => string;

/** One value for all environments, with placeholders where they differ. */
function merge(values: Readonly<Record<string, Json>>, path: Setting['path'], add: Add): Json {
  const [first, ...others] = Object.values(values);
  if (first === undefined) throw new Error('nothing to merge');
  if (usuallySet.test(path.join('.'))) return add(path, values);
  const all = [first, ...others];
  if (all.every(isMap)) return mergeMaps(values as Readonly<Record<string, Fields>>, path, add);
  if (all.every((value) => isList(value) && value.length === (first as readonly Json[]).length))
    return (first as readonly Json[]).map((_, index) => merge(pick(values, index), [...path, index], add));
  return all.every((value) => value === first) ? first : add(path, values);
}

type Fields = { readonly [key: string]: Json };
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isMap = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeMaps(maps: Readonly<Record<string, Fields>>, path: Setting['path'], add: Add): Json {
  const keys = new Set(Object.values(maps).flatMap((map) => Object.keys(map)));
  return Object.fromEntries(
    [...keys].map((key) => {
      const own = pick(maps, key);
      const everywhere = Object.keys(own).length === Object.keys(maps).length;
      return [key, everywhere ? merge(own, [...path, key], add) : add([...path, key], own)];
    }),
  );
}

/** What stands under a key in each environment that has it. */
const pick = (values: Readonly<Record<string, Json>>, key: string | number): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([environment, value]) => {
      const inner = (value as Readonly<Record<string | number, Json>>)[key];
      return inner === undefined ? [] : [[environment, inner]];
    }),
  );

/** The object's name in its nth copy; the first keeps its name. */
export const copyName = (name: string, copy: number) => (copy === 1 ? name : `${name}-r${copy}`);

/** Names of the environments that the objects come from. */
export const environmentNames = (objects: readonly SharedObject[]): string[] => [
  ...new Set(objects.flatMap(({ manifests }) => Object.keys(manifests))),
];
