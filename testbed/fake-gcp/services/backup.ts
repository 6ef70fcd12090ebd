/** Backup for GKE. @see https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, fullName, leaf, object, type Service, text } from '../cloud.ts';
import { collection, operationRoutes, resourceWords as words } from '../collection.ts';
import { host as containerHost } from './container-operation.ts';

const api = 'gkebackup';
const host = 'gkebackup.googleapis.com';
const at = '/v1/projects/{project}/locations/{location}';

export function gkeBackup(cloud: Cloud): Service {
  const { state } = cloud;
  return {
    api,
    host,
    base: '',
    alwaysOn: false,
    routes: [
      ...collection(cloud, {
        api,
        host,
        path: `${at}/backupPlans`,
        id: 'backupPlanId',
        operations: 'all',
        words,
        create: (body) => {
          if (state.get(fullName(containerHost, text(body.cluster))) === undefined)
            throw new GoogleError('INVALID_ARGUMENT', `Cluster ${text(body.cluster)} does not exist.`);
          const { backupDeleteLockDays, backupRetainDays } = object(body.retentionPolicy);
          if (Number(backupRetainDays ?? 0) < Number(backupDeleteLockDays ?? 0))
            throw new GoogleError(
              'INVALID_ARGUMENT',
              'backup_retain_days must not be less than backup_delete_lock_days.',
            );
          return { ...body, uid: state.uniqueId(), state: 'PROVISIONING', etag: etagOf(cloud) };
        },
        created: { state: 'READY' },
        mayRemove: (name) => {
          const backups = state.names(fullName(host, `${name}/backups/*`));
          if (backups.length > 0)
            throw new GoogleError('FAILED_PRECONDITION', `BackupPlan ${leaf(name)} has ${backups.length} backups.`);
        },
      }),
      ...collection(cloud, {
        api,
        host,
        path: `${at}/backupPlans/{plan}/backups`,
        id: 'backupId',
        operations: 'all',
        within: true,
        words,
        create: (body) => ({ ...body, uid: state.uniqueId(), state: 'CREATING', etag: etagOf(cloud) }),
        created: { state: 'SUCCEEDED' },
      }),
      ...operationRoutes(cloud, api, host, `${at}/operations`),
    ],
  };
}
