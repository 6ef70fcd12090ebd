import { Cpu, Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import { calls } from '../lib/calls.ts';
import type { System } from '../lib/system.ts';
import { temporaryDisk } from '../lib/volume.ts';
import type { Workload } from '../lib/workload.ts';
import { type MongoDbUserName, mongodbUsers } from '../mongodb/users.ts';
import { mongodbUser, replicaSet } from '../mongodb.ts';
import { cloudStep, step } from './step.ts';
import type { StoreBackup } from './store-backup.ts';

/** MongoDB: a dump of the whole replica set at one moment, from a secondary where there is one. */
export function mongodbBackup(system: System, mongodb: Workload): StoreBackup {
  const endpoint = mongodb.endpoint('mongodb');
  // Compressed and without indexes, a dump is smaller than what it is of; restoring holds it twice for a moment.
  const work = temporaryDisk('work', system.environment.mongodb.volume);
  const tools = (user: MongoDbUserName) => ({
    image: image('mongodb'),
    resources: { cpu: Cpu.millis(250), memory: Size.gibibytes(1) },
    work,
    env: {
      MONGODB_USER: user,
      MONGODB_PASSWORD: mongodbUsers[user].secret.key('password'),
      MONGODB_PLACE: `${endpoint.podAddresses.join(',')}/?replicaSet=${replicaSet}&authSource=admin`,
    },
  });
  return {
    store: 'mongodb',
    user: mongodbUser,
    backup: {
      first: { dump: step('mongodb-dump.sh', tools('backup')) },
      last: { upload: cloudStep(system, 'mongodb', 'backup', 'upload.sh', { work }) },
      calls: [calls(endpoint, 'dumps it')],
    },
    restore: {
      first: { download: cloudStep(system, 'mongodb', 'restore', 'download.sh', { work }) },
      last: { restore: step('mongodb-restore.sh', tools('restore')) },
      calls: [calls(endpoint, 'restores it')],
    },
  };
}
