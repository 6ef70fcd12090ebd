/** What there is in the cluster, and how tests change what is in git. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type ApplicationState, applications, waitForSync } from '../../testbed/servers/argocd/applications.ts';
import { ApiRefusal, type KubernetesResource } from '../../testbed/servers/kubernetes/client.ts';
import { storedObjects } from '../../testing/clusters.ts';
import { parseApplications } from '../status/application.ts';
import { applicationStatuses } from '../status/status.ts';
import { applicationNames, folder, type Installed } from './installed.ts';

/** Where a condition is awaited: for how long, and how often it is looked at, in milliseconds. */
export const patience = { timeout: 240_000, interval: 250 };

/** YAML 1.1 is what Kubernetes reads by: a bare `yes` is no string. */
const yaml = { version: '1.1' } as const;

/** A manifest of the repository that a test changes. */
export interface Manifest {
  metadata: { name: string; [field: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: a manifest as YAML has it; tests look into it by path
  [field: string]: any;
}

/** The manifest of a file below the cluster's folder, as it is in the repository now. */
export function manifest({ repository }: Installed, path: string): Manifest {
  return parse(readFileSync(join(repository.folder, 'dist', folder, path), 'utf8'), yaml) as Manifest;
}

/** The files that a commit changes, by their path below the cluster's folder; `null` removes one. */
export type Change = Readonly<Record<string, ((manifest: Manifest) => void) | Manifest | string | null>>;

/** Changes files and pushes. @returns the id of the commit */
export function push(dev: Installed, change: Change): Promise<string> {
  const text = (path: string, content: Change[string]): string | null => {
    if (content === null || typeof content === 'string') return content;
    if (typeof content !== 'function') return stringify(content, yaml);
    const changed = manifest(dev, path);
    content(changed);
    return stringify(changed, yaml);
  };
  return dev.push(
    Object.fromEntries(
      Object.entries(change).map(([path, content]) => [`dist/${folder}/${path}`, text(path, content)]),
    ),
  );
}

/** An object of dist/ as it lives; undefined where it does not. */
export async function live(dev: Installed, object: KubernetesResource): Promise<KubernetesResource | undefined> {
  try {
    return await dev.client.get(object);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** An object of dist/, by its file. */
export function stored(path: string): KubernetesResource {
  const found = storedObjects(folder).find(({ file }) => file === `${folder}/${path}`);
  if (!found) throw new Error(`dist/${folder} has no ${path}`);
  return found.object;
}

export const uidOf = (object: KubernetesResource | undefined) =>
  (object?.metadata as { uid?: string } | undefined)?.uid;

/** Which objects of dist/ live, by their file: an object that was made again has another identity. */
export async function identities(dev: Installed): Promise<Readonly<Record<string, string | undefined>>> {
  const found = storedObjects(folder).map(async ({ file, object }) => [file, uidOf(await live(dev, object))] as const);
  return Object.fromEntries(await Promise.all(found));
}

/** A pod, and the workload that it belongs to (`app.kubernetes.io/name`). */
export interface Pod {
  readonly uid: string;
  readonly workload: string;
  readonly images: readonly string[];
}

export async function pods(dev: Installed): Promise<readonly Pod[]> {
  const list = await dev.client.list('v1', 'Pod');
  return list
    .filter(({ metadata }) => !('deletionTimestamp' in metadata))
    .map(({ metadata, spec }) => {
      const { uid, labels } = metadata as unknown as { uid: string; labels?: Record<string, string> };
      const { containers } = spec as { containers: { image: string }[] };
      return { uid, workload: labels?.['app.kubernetes.io/name'] ?? '', images: containers.map(({ image }) => image) };
    });
}

/** Waits until every Application is synced and healthy, and none syncs any more: at a commit, or at any. */
export const settled = (dev: Installed, revision?: string) =>
  waitForSync(dev.client, applicationNames, { ...(revision && { revision }), deadlineSeconds: 240 });

export async function stateOf(dev: Installed, name: string): Promise<ApplicationState> {
  const found = (await applications(dev.client)).find(({ application }) => application === name);
  if (!found) throw new Error(`there is no Application ${name}`);
  return found;
}

/** Why Applications are not well, as `npm run gitops -- status` says it. */
export async function reasons({ client }: Installed): Promise<string> {
  const items = await client.list('argoproj.io/v1alpha1', 'Application');
  return applicationStatuses(applicationNames, parseApplications({ items }), () => undefined)
    .flatMap(({ why }) => why)
    .join('\n');
}

/** When each Application was last synced: a time that stays says that nothing was applied. */
export async function lastSyncs(dev: Installed): Promise<Readonly<Record<string, string | undefined>>> {
  const list = await dev.client.list('argoproj.io/v1alpha1', 'Application');
  return Object.fromEntries(
    list.map(({ metadata, status }) => [
      metadata.name,
      (status as { operationState?: { startedAt?: string } } | undefined)?.operationState?.startedAt,
    ]),
  );
}
