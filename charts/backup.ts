/** Backups of every store to Cloud Storage, and the Jobs that restore them. docs/backup-and-restore.md is the operator's page. */
import { Duration } from '../environments/units.ts';
import { dragonflyBackup } from './backup/dragonfly.ts';
import { mongodbBackup } from './backup/mongodb.ts';
import { postgresqlBackup } from './backup/postgresql.ts';
import { scripts } from './backup/scripts/index.ts';
import { scriptsConfigMap } from './backup/step.ts';
import type { Steps, StoreBackup } from './backup/store-backup.ts';
import { weaviateBackup } from './backup/weaviate.ts';
import { Application } from './lib/application.ts';
import { backupBucket } from './lib/backup-bucket.ts';
import { callsGoogle } from './lib/calls.ts';
import { ConfigFiles } from './lib/config-map.ts';
import { type Controller, cronJob, suspendedJob } from './lib/controller.ts';
import type { System } from './lib/system.ts';
import { Workload } from './lib/workload.ts';

/** The stores that are backed up. */
export interface BackupProps {
  readonly dragonfly: Workload;
  readonly mongodb: Workload;
  readonly weaviate: Workload;
  readonly postgresql: Workload;
}

/** For each store a CronJob `backup-<store>` and a suspended Job `restore-<store>`. */
export class Backup extends Application {
  constructor(system: System, { dragonfly, mongodb, weaviate, postgresql }: BackupProps) {
    super(system, 'backup', import.meta.filename);
    new ConfigFiles(this, { name: scriptsConfigMap, namespace: 'superagi-data', data: scripts });
    for (const store of [
      dragonflyBackup(system, dragonfly),
      mongodbBackup(system, mongodb),
      weaviateBackup(system, weaviate),
      postgresqlBackup(system, postgresql),
    ]) {
      this.addBackup(store);
      this.addRestore(store);
    }
  }

  private addBackup(of: StoreBackup) {
    const { schedule } = this.system.environment.backups[of.store];
    this.addPods(`backup-${of.store}`, of, of.backup, {
      controller: cronJob({ schedule, deadline: Duration.hours(4), retries: 2 }),
      // To delete, too: it removes backups that are too old.
      role: 'roles/storage.objectUser',
      why: 'uploads backups and removes those that are too old',
    });
  }

  private addRestore(of: StoreBackup) {
    this.addPods(`restore-${of.store}`, of, of.restore, {
      // A person watches it: a second try may follow only when they know why the first one failed.
      controller: suspendedJob({ deadline: Duration.hours(12), retries: 0 }),
      role: 'roles/storage.objectViewer',
      why: 'downloads backups',
    });
  }

  private addPods(
    name: string,
    { user, besides }: StoreBackup,
    { first, last, calls }: Steps,
    { controller, role, why }: { readonly controller: Controller; readonly role: string; readonly why: string },
  ) {
    new Workload(this, {
      name,
      namespace: 'superagi-data',
      controller,
      user,
      priority: 'orchestra-batch',
      ...(besides && { besides }),
      calls: [...calls, callsGoogle(why)],
      cloudRoles: [{ role, resource: { kind: 'bucket', name: backupBucket(this.system.environment) }, why }],
      ...(Object.keys(first).length > 0 && { initContainers: first }),
      containers: last,
    });
  }
}
