import { Cpu, Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import { calls } from '../lib/calls.ts';
import type { System } from '../lib/system.ts';
import { temporaryDisk } from '../lib/volume.ts';
import type { Workload } from '../lib/workload.ts';
import { postgresqlUser, superagiDatabase } from '../postgresql.ts';
import { secrets } from '../secrets.ts';
import { cloudStep, step } from './step.ts';
import type { StoreBackup } from './store-backup.ts';

/** PostgreSQL: a dump of SuperAGI's database at one moment. */
export function postgresqlBackup(system: System, postgresql: Workload): StoreBackup {
  const endpoint = postgresql.endpoint('postgresql');
  const work = temporaryDisk('work', system.environment.superagi.postgresql.volume);
  const tools = {
    image: image('postgresql'),
    resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(512) },
    work,
    env: {
      PGHOST: endpoint.host,
      PGPORT: String(endpoint.port),
      PGUSER: superagiDatabase.user,
      PGDATABASE: superagiDatabase.name,
      PGPASSWORD: secrets.postgresql.key('password'),
    },
  };
  return {
    store: 'postgresql',
    user: postgresqlUser,
    backup: {
      first: { dump: step('postgresql-dump.sh', tools) },
      last: { upload: cloudStep(system, 'postgresql', 'backup', 'upload.sh', { work }) },
      calls: [calls(endpoint, 'dumps it')],
    },
    restore: {
      first: { download: cloudStep(system, 'postgresql', 'restore', 'download.sh', { work }) },
      last: { restore: step('postgresql-restore.sh', tools) },
      calls: [calls(endpoint, 'restores it')],
    },
  };
}
