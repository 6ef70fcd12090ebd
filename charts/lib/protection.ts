/**
 * What Argo CD must not delete by itself, said on the object: Argo CD 3.2 reads `Prune` and `Delete` there alone, not among
 * the options of an Application. Nothing that holds data is pruned when it is gone from git, and deleting the whole Application
 * asks a person first. What is left over shows as out of sync until somebody decides.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 */
import type { KubernetesObject } from '../../imports/index.ts';
import { type ApplicationName, dataApplications } from './application.ts';

export const syncOptionsAnnotation = 'argocd.argoproj.io/sync-options';

/** Kinds that take data with them: a namespace takes everything in it. */
const dataKinds: ReadonlySet<KubernetesObject['kind']> = new Set(['Namespace', 'PersistentVolumeClaim', 'StatefulSet']);

/**
 * The sync options that protect an object; undefined where it can be made again from git.
 *
 * In an application that holds data this is everything but Jobs. A Job's name changes with its content, and a failed one that a
 * newer one has replaced would keep the application degraded for ever.
 */
export function protection(kind: KubernetesObject['kind'], application?: ApplicationName): string | undefined {
  if (dataKinds.has(kind)) return 'Prune=false,Delete=confirm';
  return application && dataApplications.includes(application) && kind !== 'Job' ? 'Prune=false' : undefined;
}
