import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';
import { clusterId } from './cluster.ts';

const api = 'gkebackup.googleapis.com';

interface BackupPlan {
  readonly name: string;
  readonly retentionPolicy?: { readonly backupRetainDays?: number; readonly backupDeleteLockDays?: number };
  readonly backupSchedule?: { readonly cronSchedule?: string };
  readonly backupConfig?: { readonly includeVolumeData?: boolean; readonly includeSecrets?: boolean };
}

const schedule = '10 3 * * *';

/**
 * The volumes of a cluster as a whole, beside the dumps of each store: these restore a cluster, those a database.
 * What is in Secret Manager comes from there, so Secrets are left out. A backup cannot be deleted for a week.
 */
export function backupPlan(
  name: string,
  cluster: string,
  project: string,
  location: string,
  retainDays: number,
): Resource {
  const group = ['beta', 'container', 'backup-restore', 'backup-plans'];
  const where = [name, `--location=${location}`];
  const flags = [`--cron-schedule=${schedule}`, `--backup-retain-days=${retainDays}`];
  return {
    id: `backup-plan:${location}`,
    title: `backup plan ${name}`,
    api,
    needs: [apisId, clusterId(location)],
    wanted: { schedule, 'kept days': retainDays, volumes: true },
    async read(read) {
      const all = await read.json<readonly BackupPlan[]>(...group, 'list', `--location=${location}`);
      const found = all.find((one) => one.name.split('/').at(-1) === name);
      return (
        found && {
          fields: {
            schedule: found.backupSchedule?.cronSchedule ?? '',
            'kept days': found.retentionPolicy?.backupRetainDays ?? 0,
            volumes: found.backupConfig?.includeVolumeData === true,
          },
        }
      );
    },
    create: () => [
      {
        words: [
          ...group,
          'create',
          ...where,
          `--cluster=projects/${project}/locations/${location}/clusters/${cluster}`,
          '--all-namespaces',
          '--include-volume-data',
          '--no-include-secrets',
          '--backup-delete-lock-days=7',
          ...flags,
        ],
      },
    ],
    update: (changes) =>
      changes.some(({ field }) => field === 'volumes')
        ? [{ words: [...group, 'update', ...where, ...flags, '--include-volume-data'] }]
        : [{ words: [...group, 'update', ...where, ...flags] }],
    remove: () => [{ words: [...group, 'delete', ...where] }],
    cost: 'unknown',
  };
}
