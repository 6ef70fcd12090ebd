import type { Environment } from '../../environments/schema.ts';

/** Bucket that every backup of an environment goes to; the bootstrap makes it. */
export const backupBucket = ({ googleCloud }: Environment) => `${googleCloud.projectId}-orchestra-backups`;
