/** What changes between two states of dist/, object by object and field by field. */
import { protectedKinds } from '../environments/releases-of-protection.ts';
import type { OutputFile } from '../synth/output.ts';

/** What a change does beside changing an object. */
export type Effect = 'restarts pods' | 'runs a Job' | 'touches data';

/** A field that is not as it was. A side without the field is undefined. */
export interface FieldChange {
  /** `spec.template.spec.containers[memory].image` */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** An object that comes, changes or goes. */
export interface ObjectChange {
  readonly cluster: string;
  readonly application: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly kind: string;
  /** `superagi/memory`; a name alone where the kind has no namespace. */
  readonly object: string;
  readonly effects: readonly Effect[];
  /** Empty for what comes or goes as a whole. */
  readonly fields: readonly FieldChange[];
}

interface Found {
  readonly cluster: string;
  readonly application: string;
  readonly kind: string;
  readonly object: string;
  readonly manifest: unknown;
}

/** Compares the files that differ; the order is that of clusters, applications and kinds by alphabet. */
export async function objectChanges(
  before: readonly OutputFile[],
  after: readonly OutputFile[],
): Promise<ObjectChange[]> {
  const { parse } = await import('yaml');
  const read = (files: readonly OutputFile[]) =>
    new Map(
      files
        .filter(({ path }) => path.endsWith('.yaml'))
        .map(({ path, text }) => {
          const manifest = parse(text, { version: '1.1' }) as {
            readonly kind: string;
            readonly metadata: { readonly name: string; readonly namespace?: string };
          };
          const { name, namespace } = manifest.metadata;
          const [cluster = '', application = ''] = path.split('/');
          const object = namespace ? `${namespace}/${name}` : name;
          const found: Found = { cluster, application, kind: manifest.kind, object, manifest };
          return [[cluster, application, manifest.kind, object].join(' '), found] as const;
        }),
    );
  const [old, now] = [read(before), read(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const { manifest: _, ...named } = (is ?? was) as Found;
    const change = was && is ? 'changed' : is ? 'added' : 'removed';
    const fields = was && is ? fieldChanges(was.manifest, is.manifest) : [];
    return [{ ...named, change, fields, effects: effectsOf(named.kind, change, fields) } satisfies ObjectChange];
  });
}

const withPods = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

function effectsOf(kind: string, change: ObjectChange['change'], fields: readonly FieldChange[]): Effect[] {
  const within = (...starts: readonly string[]) =>
    fields.some(({ path }) =>
      starts.some((start) => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`)),
    );
  const disks =
    kind === 'StatefulSet' && within('spec.volumeClaimTemplates', 'spec.persistentVolumeClaimRetentionPolicy');
  const leaves = change === 'removed' && protectedKinds.some((known) => known === kind);
  return [
    ...(withPods.has(kind) && within('spec.template') ? (['restarts pods'] as const) : []),
    ...(kind === 'Job' && change !== 'removed' ? (['runs a Job'] as const) : []),
    ...(disks || leaves || (kind === 'PersistentVolumeClaim' && change === 'changed')
      ? (['touches data'] as const)
      : []),
  ];
}

type Tree = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Items that have a name are compared by it: one that is put in front changes no other. */
const named = (value: unknown): ReadonlyMap<string, unknown> | undefined => {
  if (!Array.isArray(value) || !value.every((item) => isMap(item) && typeof item.name === 'string')) return undefined;
  const byName = new Map(value.map((item: Tree) => [String(item.name), item]));
  return byName.size === value.length ? byName : undefined;
};

/** The leaves that differ. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isMap(before) && isMap(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => fieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  const [old, now] = [named(before), named(after)];
  if (old && now && old.size + now.size > 0)
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
      fieldChanges(old.get(name), now.get(name), `${path}[${name}]`),
    );
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}
