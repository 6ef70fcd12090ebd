/**
 * Objects that hold data do not leave dist/ by accident: what a commit has of it (outside of git, what the disk has) is there
 * still, or its protection is released in writing. Which application of a cluster holds an object does not matter.
 */
import { createHash } from 'node:crypto';
import { InvalidInput } from '../environments/problem.ts';
import {
  type ProtectedKind,
  protectedKinds,
  type ReleaseOfProtection,
} from '../environments/releases-of-protection.ts';
import { blobs, type GitFile, git, startListing } from './git.ts';
import type { OutputFile } from './output.ts';

/** Something that holds data: an object, or a claim template of a StatefulSet. */
export interface Protected {
  readonly cluster: string;
  readonly kind: ProtectedKind;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly volumeClaimTemplate?: string | undefined;
}

/** The list says something that is not so, or lets go what nothing asks for. */
export interface Departures {
  /** Entries of the list whose object is gone from everywhere: they have done their work. */
  readonly done: readonly ReleaseOfProtection[];
}

const isProtected = (path: string) => {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return path.endsWith('.yaml') && protectedKinds.some((kind) => file.startsWith(`${kind}-`));
};

/** What dist/ of the commits was, listed while the charts render; undefined outside of git. */
export type Before = Promise<readonly GitFile[] | undefined>;

/**
 * Begins to list the files that commits have: the last one, and the one where this branch left another.
 * @param base a branch or commit, such as `origin/main`. @default the last commit alone
 * @throws GitRefused where git does not know it
 */
export function startListingBefore(root: string, base?: string): Before {
  const revisions = ['HEAD', ...(base === undefined ? [] : [git(root, 'merge-base', base, 'HEAD').trim()])];
  return Promise.all(revisions.map((revision) => startListing(root, revision, 'dist'))).then((lists) => {
    const known = lists.filter((list) => list !== undefined);
    return known.length === 0 ? undefined : known.flat().filter(({ path }) => isProtected(path));
  });
}

/**
 * @param disk the files of dist/ that this run changes or removes, as they are; they count where there is no git, as what no
 *   commit has was never in a cluster
 * @param after what dist/ shall hold
 * @throws InvalidInput with everything that would leave, and every entry of the list that is not so
 */
export async function refuseDepartures(
  root: string,
  {
    disk,
    committed,
    after,
  }: { readonly disk: () => readonly OutputFile[]; readonly committed: Before; readonly after: readonly OutputFile[] },
  released: readonly ReleaseOfProtection[],
): Promise<Departures> {
  const now = new Map(after.map(({ path, text }) => [path, text]));
  const listed = await committed;
  const changed = (listed ?? [])
    .map(({ path, blob }) => ({ path: path.slice('dist/'.length), blob }))
    .filter(({ path, blob }) => blobOf(now.get(path), blob.length) !== blob);
  const gone = listed ? [] : disk().filter(({ path, text }) => isProtected(path) && now.get(path) !== text);
  if (changed.length + gone.length + released.length === 0) return { done: [] };
  const texts = blobs(root, [...new Set(changed.map(({ blob }) => blob))]);
  const before = await all([...gone, ...changed.map(({ path, blob }) => ({ path, text: texts.get(blob) ?? '' }))]);
  const present = await all(after.filter(({ path }) => isProtected(path)));
  const releasedKeys = new Set(released.map(key));
  const leaving = [...before].filter(([id]) => !present.has(id)).map(([id, { path, of }]) => ({ id, path, of }));
  const problems = [
    ...leaving
      .filter(
        ({ id, of }) => !releasedKeys.has(id) && !releasedKeys.has(key({ ...of, volumeClaimTemplate: undefined })),
      )
      // A StatefulSet that leaves takes its templates along: one entry is enough.
      .filter(({ of }) => !of.volumeClaimTemplate || present.has(key({ ...of, volumeClaimTemplate: undefined })))
      .map(({ path, of }) => ({
        path: `dist/${path}`,
        given: `${described(of)} holds data and would leave ${of.cluster}`,
        allowed:
          'what holds data stays, in any application of the cluster, until its protection is released in writing',
        fix: `bring it back; or, if that is meant, add to environments/releases-of-protection.ts: ${asWritten(of)}`,
      })),
    ...released.flatMap((entry, index) =>
      present.has(key(entry))
        ? [
            {
              path: `environments/releases-of-protection.ts: releasesOfProtection[${index}]`,
              given: `${described(entry)}, which ${entry.cluster} has`,
              allowed: 'objects that leave with this commit',
              fix: 'remove the entry, or the object from the charts',
            },
          ]
        : [],
    ),
  ];
  if (problems.length > 0) throw new InvalidInput('what leaves dist/', problems);
  const departing = new Set(leaving.map(({ id }) => id));
  return { done: released.filter((entry) => !departing.has(key(entry))) };
}

const key = ({ cluster, kind, namespace, name, volumeClaimTemplate }: Protected) =>
  JSON.stringify([cluster, kind, namespace ?? '', name, volumeClaimTemplate ?? '']);

/** `StatefulSet superagi-data/mongodb`. */
export function described({ kind, namespace, name, volumeClaimTemplate }: Protected): string {
  const object = `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  return volumeClaimTemplate ? `claim template ${volumeClaimTemplate} of ${object}` : object;
}

function asWritten({ cluster, kind, namespace, name, volumeClaimTemplate }: Protected): string {
  const entry = { cluster, kind, namespace, name, volumeClaimTemplate, reason: '...' };
  const settings = Object.entries(entry).flatMap(([key, value]) => (value ? [`${key}: '${value}'`] : []));
  return `{ ${settings.join(', ')} }`;
}

interface Manifest {
  readonly kind?: unknown;
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: { readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[] };
}

/** What the files hold, by key. */
async function all(
  files: readonly OutputFile[],
): Promise<Map<string, { readonly path: string; readonly of: Protected }>> {
  // Loaded where something changed: most runs do without.
  const { parse } = await import('yaml');
  const found = files.flatMap(({ path, text }) => {
    const { kind, metadata, spec } = (parse(text, { version: '1.1' }) ?? {}) as Manifest;
    const protectedKind = protectedKinds.find((known) => known === kind);
    if (!protectedKind || !metadata?.name) return [];
    const object = {
      cluster: path.split('/')[0] ?? '',
      kind: protectedKind,
      namespace: metadata.namespace,
      name: metadata.name,
    };
    const templates = spec?.volumeClaimTemplates?.flatMap((template) => template.metadata?.name ?? []) ?? [];
    return [object, ...templates.map((volumeClaimTemplate) => ({ ...object, volumeClaimTemplate }))].map(
      (of) => [key(of), { path, of }] as const,
    );
  });
  return new Map(found);
}

/** The id that git would give the text, in the repository's kind of ids. */
function blobOf(text: string | undefined, digits: number): string | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text);
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
