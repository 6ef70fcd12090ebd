/**
 * Which digest of our own images each environment runs, and by which charts it is rendered. dev follows the charts as they are.
 * What follows dev is held: a change of a chart or of a digest reaches it by a commit that changes releases/<environment>.json.
 */
import * as z from 'zod';
import type { Problem } from './problem.ts';
import dev from './releases/dev.json' with { type: 'json' };
import prod from './releases/prod.json' with { type: 'json' };
import staging from './releases/staging.json' with { type: 'json' };
import type { Environment } from './schema.ts';

type EnvironmentName = Environment['name'];

/** The way of a release: each environment takes what the one before has run. */
export const promotionOrder = ['dev', 'staging', 'prod'] as const satisfies readonly EnvironmentName[];

/** The environment that a release comes from; undefined for the first, which follows the sources. */
export function environmentBefore(name: EnvironmentName): EnvironmentName | undefined {
  return promotionOrder[promotionOrder.indexOf(name) - 1];
}

/** The images that this repository builds. */
export const ownImages = ['superagi', 'superagi-gui', 'memory', 'mcp-mongodb', 'mcp-weaviate', 'mcp-memory'] as const;
export type OwnImage = (typeof ownImages)[number];

/** What stands in a record until the first build: it is well-formed, and no registry has it. */
export const notYetBuilt = `sha256:${'0'.repeat(64)}`;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const image = z.string().regex(/^(?:[0-9]+\.[0-9]+\.[0-9]+@)?sha256:[0-9a-f]{64}$/);
const images = z.strictObject(
  Object.fromEntries(ownImages.map((name) => [name, image])) as Record<OwnImage, typeof image>,
);
const number = z.int().min(1);
const promotion = {
  release: number,
  from: z
    .strictObject({ environment: z.enum(promotionOrder), release: number.optional(), commit: z.string().optional() })
    .optional(),
  applications: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.strictObject({ release: number, charts: digest })),
};
const record = { following: z.strictObject({ images }), held: z.strictObject({ ...promotion, images }) };

/** By what an application of a held environment was rendered. */
export interface HeldApplication {
  /** The release of the environment that last took the application. */
  readonly release: number;
  /** Identifies the charts and all else that renders: see synth/generator.ts. */
  readonly charts: string;
}

/** How a held environment came to what it runs. */
export interface Promotion {
  /** Counts the promotions and rollbacks of the environment, from 1. */
  readonly release: number;
  /** Where it was taken from: the environment, its release if it is held itself, and the commit that had it so. */
  readonly from?: {
    readonly environment: EnvironmentName;
    readonly release?: number | undefined;
    readonly commit?: string | undefined;
  };
  readonly applications: Readonly<Record<string, HeldApplication>>;
}

/** A release record, read. */
export interface Release {
  /** Digest of each image. */
  readonly images: Readonly<Record<OwnImage, string>>;
  /** `1.4.0` where the record says `1.4.0@sha256:...`. */
  readonly versions: Readonly<Partial<Record<OwnImage, string>>>;
  /** Undefined for the environment that follows the sources. */
  readonly promotion?: Promotion;
}

/** The records as written. */
export const releaseRecords: Readonly<Record<EnvironmentName, unknown>> = { dev, staging, prod };

/** Checks a record: every image of ours, each pinned by digest; in a held environment, the charts of each application. */
export function parseRelease(
  input: unknown,
  name: EnvironmentName,
):
  | { readonly release: Release; readonly problems: readonly [] }
  | { readonly release?: never; readonly problems: readonly Problem[] } {
  const isHeld = environmentBefore(name) !== undefined;
  const result = (isHeld ? record.held : record.following).safeParse(input);
  if (result.success) return { release: releaseOf(result.data), problems: [] };
  const file = recordFile(name);
  const names = isHeld ? ['release', 'from', 'images', 'applications'] : ['images'];
  return {
    problems: result.error.issues.flatMap((issue): Problem[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          path: `${file}: ${[...issue.path, key].join('.')}`,
          given: 'an unknown name',
          allowed: allowedNames(issue.path, names),
          fix: 'remove it',
        }));
      const value = issue.path.reduce<unknown>(
        (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
        input,
      );
      return [
        {
          path: `${file}: ${issue.path.join('.') || 'the whole record'}`,
          given: value === undefined ? 'nothing' : JSON.stringify(value),
          ...correction(issue.path, names),
        },
      ];
    }),
  };
}

function releaseOf(data: z.output<typeof record.following> | z.output<typeof record.held>): Release {
  const split = ownImages.map((name) => [name, ...data.images[name].split('@').reverse()] as const);
  return {
    images: Object.fromEntries(split.map(([name, digest]) => [name, digest])) as Record<OwnImage, string>,
    versions: Object.fromEntries(split.flatMap(([name, , version]) => (version ? [[name, version]] : []))),
    ...('applications' in data && {
      promotion: {
        release: data.release,
        applications: data.applications,
        ...(data.from && { from: data.from }),
      },
    }),
  };
}

function allowedNames(path: readonly PropertyKey[], names: readonly string[]): string {
  if (path[0] === 'images') return ownImages.join(', ');
  if (path[0] === 'applications') return 'release, charts';
  return path[0] === 'from' ? 'environment, release, commit' : names.join(', ');
}

function correction(path: readonly PropertyKey[], names: readonly string[]): Pick<Problem, 'allowed' | 'fix'> {
  if (path[0] === undefined || path[0] === 'images')
    return {
      allowed:
        path.length > 1
          ? 'sha256: and 64 hexadecimal digits, with 1.2.3@ before it where the image has a version'
          : `{ ${names.join(', ')} } with images ${ownImages.join(', ')}`,
      fix: 'pin the image by the digest that the registry printed when it was pushed; a tag can change under a running cluster',
    };
  return {
    allowed: path.at(-1) === 'charts' ? 'sha256: and 64 hexadecimal digits' : 'what a promotion wrote',
    fix: 'take the file back from git; `npm run promote` writes it',
  };
}

/** Path of an environment's record, from the folder of the repository. */
export const recordFile = (name: EnvironmentName) => `environments/releases/${name}.json`;

/** The text of a record. */
export function recordText({ images, versions, promotion }: Release): string {
  const written = {
    ...(promotion && { release: promotion.release, ...(promotion.from && { from: promotion.from }) }),
    images: Object.fromEntries(
      ownImages.map((name) => [name, versions[name] ? `${versions[name]}@${images[name]}` : images[name]]),
    ),
    ...(promotion && {
      applications: Object.fromEntries(Object.entries(promotion.applications).sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}
