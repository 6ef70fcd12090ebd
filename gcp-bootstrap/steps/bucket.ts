import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'storage.googleapis.com';

interface Bucket {
  readonly name: string;
  readonly location?: string;
  readonly iamConfiguration?: {
    readonly uniformBucketLevelAccess?: { readonly enabled?: boolean };
    readonly publicAccessPrevention?: string;
  };
  readonly versioning?: { readonly enabled?: boolean };
  readonly lifecycle?: {
    readonly rule?: readonly {
      readonly action?: { readonly type?: string };
      readonly condition?: Readonly<Record<string, unknown>>;
    }[];
  };
  readonly softDeletePolicy?: { readonly retentionDurationSeconds?: string };
}

const SOFT_DELETE_DAYS = 14;

/**
 * Backups: nobody outside sees it, and what is deleted can be had back.
 * @param retentionDays the longest that any store keeps its backups; older ones go by themselves
 */
export function backupBucket(name: string, location: string, retentionDays: number): Resource {
  const url = `gs://${name}`;
  const lifecycle = {
    rule: [
      { action: { type: 'Delete' }, condition: { age: retentionDays, isLive: true } },
      { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: SOFT_DELETE_DAYS, isLive: false } },
    ],
  };
  const guard = [
    '--uniform-bucket-level-access',
    '--public-access-prevention',
    `--soft-delete-duration=${SOFT_DELETE_DAYS}d`,
  ];
  const keep = {
    words: ['storage', 'buckets', 'update', url, '--lifecycle-file={file}', '--versioning'],
    files: [{ name: 'lifecycle.json', text: JSON.stringify(lifecycle) }],
  };
  return {
    id: 'backup-bucket',
    title: `bucket ${name}`,
    api,
    needs: [apisId],
    keep: { as: 'data', because: 'it holds the backups' },
    wanted: {
      location: location.toUpperCase(),
      'uniform access': true,
      'public access prevention': 'enforced',
      'soft delete': `${SOFT_DELETE_DAYS * 86_400}s`,
      versioning: true,
      'deleted after days': retentionDays,
    },
    async read(read) {
      const all = await read.json<readonly Bucket[]>('storage', 'buckets', 'list', '--raw');
      const found = all.find((one) => one.name === name);
      if (found === undefined) return undefined;
      const { iamConfiguration: access, lifecycle: rules } = found;
      const age = rules?.rule?.find(({ condition }) => condition?.isLive === true)?.condition?.age;
      return {
        fields: {
          location: (found.location ?? '').toUpperCase(),
          'uniform access': access?.uniformBucketLevelAccess?.enabled === true,
          'public access prevention': access?.publicAccessPrevention ?? 'inherited',
          'soft delete': `${found.softDeletePolicy?.retentionDurationSeconds ?? 0}s`,
          versioning: found.versioning?.enabled === true,
          'deleted after days': typeof age === 'number' ? age : 0,
        },
      };
    },
    create: () => [{ words: ['storage', 'buckets', 'create', url, `--location=${location}`, ...guard] }, keep],
    update: (changes) => {
      const changed = new Set(changes.map(({ field }) => field));
      if (changed.has('location')) return undefined;
      const access = ['uniform access', 'public access prevention', 'soft delete'].some((field) => changed.has(field));
      const rest = changed.has('versioning') || changed.has('deleted after days');
      return [...(access ? [{ words: ['storage', 'buckets', 'update', url, ...guard] }] : []), ...(rest ? [keep] : [])];
    },
    remove: () => [{ words: ['storage', 'rm', '-r', url, '--all-versions'] }],
    cost: { low: 0, high: 10 },
  };
}
