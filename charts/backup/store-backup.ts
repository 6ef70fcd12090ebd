import type { Environment } from '../../environments/schema.ts';
import type { ContainerProps } from '../lib/container.ts';
import type { Call, Workload } from '../lib/workload.ts';

/** A store that is backed up; also the name of its settings and of its folder in the bucket. */
export type Store = keyof Environment['backups'];

/** Containers that run one after the other: the next one only when the one before did what it should. */
export interface Steps {
  readonly first: Readonly<Record<string, ContainerProps>>;
  readonly last: Readonly<Record<string, ContainerProps>>;
  readonly calls: readonly Call[];
}

/** What differs from one store to the other. */
export interface StoreBackup {
  readonly store: Store;
  /** The user of the store's own image, so that each step can read what the one before wrote. */
  readonly user: number;
  /** Workload whose node the pods must share, to mount its disk. @default none */
  readonly besides?: Workload;
  readonly backup: Steps;
  readonly restore: Steps;
}
