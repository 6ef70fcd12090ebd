import { Size } from '../../environments/units.ts';
import { calls } from '../lib/calls.ts';
import type { System } from '../lib/system.ts';
import { scratch } from '../lib/volume.ts';
import type { Workload } from '../lib/workload.ts';
import { secrets } from '../secrets.ts';
import { cloudStep } from './step.ts';
import type { StoreBackup } from './store-backup.ts';

/** The user that the image of Weaviate's backup steps has beside root. Nothing is shared with Weaviate's own pods. */
const cloudsdkUser = 1000;

/** Weaviate: it writes to the bucket by itself, and is told to over its API. */
export function weaviateBackup(system: System, weaviate: Workload): StoreBackup {
  const endpoint = weaviate.endpoint('http');
  const work = scratch('work', Size.mebibytes(16));
  const env = {
    WEAVIATE_URL: `http://${endpoint.address}`,
    WEAVIATE_API_KEY: secrets.weaviate.key('admin-key'),
  };
  return {
    store: 'weaviate',
    user: cloudsdkUser,
    backup: {
      first: {},
      last: {
        backup: cloudStep(system, 'weaviate', 'backup', 'weaviate-backup.sh', {
          work,
          env: { ...env, WAIT_SECONDS: String(3 * 3600) },
        }),
      },
      calls: [calls(endpoint, 'tells it to back itself up')],
    },
    restore: {
      first: {},
      last: {
        restore: cloudStep(system, 'weaviate', 'restore', 'weaviate-restore.sh', {
          work,
          env: { ...env, WAIT_SECONDS: String(11 * 3600) },
        }),
      },
      calls: [calls(endpoint, 'tells it to restore itself')],
    },
  };
}
