import { Cpu, Size } from '../../environments/units.ts';
import { dragonflyUser } from '../dragonfly.ts';
import { image } from '../images.ts';
import { calls } from '../lib/calls.ts';
import type { System } from '../lib/system.ts';
import { claim, temporaryDisk } from '../lib/volume.ts';
import type { Workload } from '../lib/workload.ts';
import { secrets } from '../secrets.ts';
import { cloudStep, step } from './step.ts';
import type { StoreBackup } from './store-backup.ts';

/** DragonflyDB: a snapshot that it writes to its own disk, which the pods mount beside it. */
export function dragonflyBackup(system: System, dragonfly: Workload): StoreBackup {
  const endpoint = dragonfly.endpoint('redis');
  const work = temporaryDisk('work', system.environment.dragonfly.volume);
  const tools = (readOnly: boolean) => ({
    image: image('dragonfly'),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(128) },
    work,
    env: {
      DRAGONFLY_HOST: endpoint.host,
      DRAGONFLY_PORT: String(endpoint.port),
      REDISCLI_AUTH: secrets.dragonfly.key('password'),
      // The same path as in the server: DFLY LOAD is given it.
      DATA: '/data',
    },
    mounts: { '/data': claim('data', `data-${dragonfly.name}-0`, readOnly ? { readOnly } : {}) },
  });
  return {
    store: 'dragonfly',
    user: dragonflyUser,
    // ReadWriteOnce lets pods of one node share a disk.
    besides: dragonfly,
    backup: {
      first: { snapshot: step('dragonfly-snapshot.sh', tools(true)) },
      last: { upload: cloudStep(system, 'dragonfly', 'backup', 'upload.sh', { work }) },
      calls: [calls(endpoint, 'asks for a snapshot')],
    },
    restore: {
      first: { download: cloudStep(system, 'dragonfly', 'restore', 'download.sh', { work }) },
      // Uncertain: DFLY LOAD is in the source and the tests of v1.40.1 and in no documentation.
      last: { restore: step('dragonfly-load.sh', tools(false)) },
      calls: [calls(endpoint, 'has it load a snapshot')],
    },
  };
}
