/** The clusters as they are on disk: what the tests look at is what Argo CD reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildSystem } from '../charts/index.ts';
import { type ApplicationName, applicationWaves } from '../charts/lib/application.ts';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import type { Cluster } from '../environments/index.ts';
import type { ClusterIndex } from '../synth/index-file.ts';
import { render } from '../synth/render.ts';
import type { KubernetesResource } from '../testbed/servers/kubernetes/client.ts';

/** An object of dist/ and the file that holds it. */
export interface StoredObject {
  /** Path below dist/. */
  readonly file: string;
  readonly application: string;
  /** Of the application, then of the object. */
  readonly waves: readonly [number, number];
  readonly object: KubernetesResource;
}

/** Folder of the repository. */
export const root = join(import.meta.dirname, '..');

/** The clusters that dist/ holds. */
export const clusterFolders = readdirSync(join(root, 'dist')).sort();

/** What the bootstrap makes before the first sync, and dist/ does not hold. */
export const argoCdNamespaceObject: KubernetesResource = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: argoCdNamespace },
};

/** The objects of a cluster that no environment asks for, rendered for the test alone; in the same order. */
export function renderedObjects(cluster: Cluster): StoredObject[] {
  return render(buildSystem(cluster), root)
    .map(({ path, manifest }): StoredObject => {
      const object = JSON.parse(JSON.stringify(manifest)) as KubernetesResource;
      const application = path.split('/')[1] as ApplicationName;
      return { file: path, application, waves: [applicationWaves[application], ownWave(object)], object };
    })
    .sort(byWave);
}

const ownWave = ({ metadata }: KubernetesResource) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']);
const byWave = (a: StoredObject, b: StoredObject) => a.waves[0] - b.waves[0] || a.waves[1] - b.waves[1];

/** The objects of a cluster in the order in which Argo CD applies them. */
export function storedObjects(cluster: string): StoredObject[] {
  const folder = join(root, 'dist', cluster);
  const { applications } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as ClusterIndex;
  return Object.entries(applications)
    .flatMap(([application, { wave }]) =>
      readdirSync(join(folder, application)).flatMap((file) =>
        // YAML 1.1 is what Kubernetes reads by.
        parseAllDocuments(readFileSync(join(folder, application, file), 'utf8'), { version: '1.1' }).map(
          (document): StoredObject => {
            const object = document.toJS() as KubernetesResource;
            return { file: `${cluster}/${application}/${file}`, application, waves: [wave, ownWave(object)], object };
          },
        ),
      ),
    )
    .sort(byWave);
}
