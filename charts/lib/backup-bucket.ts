import type { Cluster } from '../../environments/index.ts';
import type { Environment } from '../../environments/schema.ts';

/** Bucket that every backup of an environment goes to; the bootstrap makes it. */
export const backupBucket = ({ googleCloud }: Environment) => `${googleCloud.projectId}-orchestra-backups`;

/** Folder of the bucket for the backups of one store. The regions of an environment share the bucket, and must not mix. */
export const backupFolder = ({ folder }: Cluster, store: string) => `${folder}/${store}`;
