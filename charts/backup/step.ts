import type { Resources } from '../../environments/schema.ts';
import { Cpu, Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import { backupBucket, backupFolder } from '../lib/backup-bucket.ts';
import type { ContainerProps } from '../lib/container.ts';
import type { System } from '../lib/system.ts';
import { configFiles, type Mount, scratch } from '../lib/volume.ts';
import type { Script } from './scripts/index.ts';
import type { Store } from './store-backup.ts';

/** ConfigMap of the scripts. */
export const scriptsConfigMap = 'backup-scripts';

/** Annotation of a restore Job's pod template that names the backup to restore. */
export const backupAnnotation = 'orchestra/backup';

/** What a step is beside its script. */
export interface StepProps {
  readonly image: string;
  readonly resources: Resources;
  readonly env?: ContainerProps['env'];
  /** The working directory, which the steps of a pod share. */
  readonly work: Mount;
  /** @default none beside the working directory, the scripts and /tmp */
  readonly mounts?: ContainerProps['mounts'];
}

/** A container that runs one of the scripts in the working directory that the steps share. */
export function step(script: Script, { image, resources, env, work, mounts }: StepProps): ContainerProps {
  return {
    image,
    command: ['bash', `/scripts/${script}`],
    workingDir: '/work',
    ...(env && { env }),
    resources,
    mounts: {
      '/work': work,
      '/scripts': configFiles(scriptsConfigMap),
      // In memory: a step may write a password to it.
      '/tmp': scratch('tmp', Size.mebibytes(64), { memory: true }),
      ...mounts,
    },
  };
}

/** A step that talks to Cloud Storage. A restore reads which backup it takes, a backup how long backups are kept. */
export function cloudStep(
  system: System,
  store: Store,
  kind: 'backup' | 'restore',
  script: Script,
  props: Pick<StepProps, 'work' | 'env'>,
): ContainerProps {
  const { environment, cluster } = system;
  return step(script, {
    ...props,
    image: image('google-cloud-cli'),
    resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) },
    env: {
      STORE: store,
      PLACE: `gs://${backupBucket(environment)}/${backupFolder(cluster, store)}`,
      ...(kind === 'backup'
        ? { RETENTION_DAYS: String(environment.backups[store].retention.toDays()) }
        : { BACKUP: { field: `metadata.annotations['${backupAnnotation}']` } }),
      CLOUDSDK_CORE_PROJECT: environment.googleCloud.projectId,
      CLOUDSDK_CORE_DISABLE_PROMPTS: 'true',
      // It is not worth a write to the disk, and the root filesystem is read-only.
      CLOUDSDK_CORE_DISABLE_FILE_LOGGING: 'true',
      CLOUDSDK_CONFIG: '/tmp/gcloud',
      // It would start as many processes as the node has CPUs.
      CLOUDSDK_STORAGE_PROCESS_COUNT: '1',
      CLOUDSDK_STORAGE_THREAD_COUNT: '4',
      // An object in parts has no MD5 to compare, and choosing parts reads the bucket, which needs a role more.
      CLOUDSDK_STORAGE_PARALLEL_COMPOSITE_UPLOAD_ENABLED: 'false',
      ...props.env,
    },
  });
}
