/** Which digest of our own images each environment runs. Promotion is a commit that changes releases/<environment>.json. */
import * as z from 'zod';
import type { Problem } from './problem.ts';
import dev from './releases/dev.json' with { type: 'json' };
import prod from './releases/prod.json' with { type: 'json' };
import staging from './releases/staging.json' with { type: 'json' };
import type { Environment } from './schema.ts';

/** The images that this repository builds. */
export const ownImages = ['superagi', 'superagi-gui', 'memory', 'mcp-mongodb', 'mcp-weaviate', 'mcp-memory'] as const;
export type OwnImage = (typeof ownImages)[number];

/** What stands in a record until the first build: it is well-formed, and no registry has it. */
export const notYetBuilt = `sha256:${'0'.repeat(64)}`;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const release = z.strictObject({
  images: z.strictObject(
    Object.fromEntries(ownImages.map((name) => [name, digest])) as Record<OwnImage, typeof digest>,
  ),
});

/** A release record: an image's name to its digest. */
export type Release = z.output<typeof release>;

/** The records as written. */
export const releaseRecords: Readonly<Record<Environment['name'], unknown>> = { dev, staging, prod };

/** Checks a record: every image of ours, each pinned by digest. */
export function parseRelease(
  input: unknown,
  name: Environment['name'],
):
  | { readonly release: Release; readonly problems: readonly [] }
  | { readonly release?: never; readonly problems: readonly Problem[] } {
  const result = release.safeParse(input);
  if (result.success) return { release: result.data, problems: [] };
  const file = `environments/releases/${name}.json`;
  return {
    problems: result.error.issues.flatMap((issue): Problem[] => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => ({
          path: `${file}: ${[...issue.path, key].join('.')}`,
          given: 'an unknown name',
          allowed: ownImages.join(', '),
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
          allowed:
            issue.path.length > 1 ? 'sha256: and 64 hexadecimal digits' : `{ "images": { ${ownImages.join(', ')} } }`,
          fix: 'pin the image by the digest that the registry printed when it was pushed; a tag can change under a running cluster',
        },
      ];
    }),
  };
}
