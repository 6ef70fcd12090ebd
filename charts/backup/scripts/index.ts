/** The scripts of the steps, by file name. Every pod mounts them at /scripts. */
import { downloadScript } from './download.ts';
import { dragonflyLoadScript, dragonflySnapshotScript } from './dragonfly.ts';
import { mongodbDumpScript, mongodbRestoreScript } from './mongodb.ts';
import { postgresqlDumpScript, postgresqlRestoreScript } from './postgresql.ts';
import { storageScript } from './storage.ts';
import { uploadScript } from './upload.ts';
import { weaviateApiScript, weaviateBackupScript, weaviateRestoreScript } from './weaviate.ts';

export const scripts = {
  'storage.sh': storageScript,
  'upload.sh': uploadScript,
  'download.sh': downloadScript,
  'mongodb-dump.sh': mongodbDumpScript,
  'mongodb-restore.sh': mongodbRestoreScript,
  'postgresql-dump.sh': postgresqlDumpScript,
  'postgresql-restore.sh': postgresqlRestoreScript,
  'dragonfly-snapshot.sh': dragonflySnapshotScript,
  'dragonfly-load.sh': dragonflyLoadScript,
  'weaviate-backup.sh': weaviateBackupScript,
  'weaviate-restore.sh': weaviateRestoreScript,
  'weaviate.py': weaviateApiScript,
} as const;

/** File name of a script. */
export type Script = keyof typeof scripts;
