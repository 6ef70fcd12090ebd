import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'artifactregistry.googleapis.com';

interface Repository {
  readonly name: string;
  readonly format?: string;
  readonly dockerConfig?: { readonly immutableTags?: boolean };
  readonly cleanupPolicies?: Readonly<Record<string, unknown>>;
  readonly cleanupPolicyDryRun?: boolean;
}

/** Images of the last 30 days stay, and the ten newest of each; a digest in a release record is one of these, or is built anew. */
const cleanUp = [
  { name: 'keep-newest', action: { type: 'Keep' }, mostRecentVersions: { keepCount: 10 } },
  { name: 'delete-old', action: { type: 'Delete' }, condition: { tagState: 'any', olderThan: '30d' } },
];

/** Our own images. A tag cannot be moved to another image. */
export function registry(name: string, location: string): Resource {
  const where = [name, `--location=${location}`];
  const setCleanUp = {
    words: ['artifacts', 'repositories', 'set-cleanup-policies', ...where, '--policy={file}', '--no-dry-run'],
    files: [{ name: 'clean-up.json', text: JSON.stringify(cleanUp) }],
  };
  return {
    id: 'registry',
    title: `Artifact Registry ${name}`,
    api,
    needs: [apisId],
    keep: { as: 'data', because: 'it holds images that clusters run' },
    wanted: { format: 'DOCKER', 'immutable tags': true, 'clean-up': cleanUp.map(({ name: policy }) => policy).sort() },
    async read(read) {
      const all = await read.json<readonly Repository[]>('artifacts', 'repositories', 'list', `--location=${location}`);
      const found = all.find((one) => one.name.split('/').at(-1) === name);
      if (found === undefined) return undefined;
      const policies = found.cleanupPolicyDryRun === true ? [] : Object.keys(found.cleanupPolicies ?? {}).sort();
      return {
        fields: {
          format: found.format ?? '',
          'immutable tags': found.dockerConfig?.immutableTags === true,
          'clean-up': policies,
        },
      };
    },
    create: () => [
      {
        words: ['artifacts', 'repositories', 'create', ...where, '--repository-format=docker', '--immutable-tags'],
      },
      setCleanUp,
    ],
    update: (changes) => {
      if (changes.some(({ field }) => field === 'format')) return undefined;
      return changes.map(({ field }) =>
        field === 'clean-up'
          ? setCleanUp
          : { words: ['artifacts', 'repositories', 'update', ...where, '--immutable-tags'] },
      );
    },
    remove: () => [{ words: ['artifacts', 'repositories', 'delete', ...where] }],
    cost: { low: 0, high: 5 },
  };
}
