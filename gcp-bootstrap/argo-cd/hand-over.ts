/**
 * Hands a new cluster over to git: Argo CD, its settings, and the root Application. After that the cluster follows dist/, Argo CD's
 * own settings included; done again, it changes nothing.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import type { Kubectl } from './kubectl.ts';

export interface HandOverOptions {
  readonly kubectl: Kubectl;
  /** Path of Argo CD's manifests. */
  readonly manifest: string;
  /** The cluster's folder: `dist/dev`. */
  readonly folder: string;
  readonly tell: (what: string) => void;
}

/** From 3.3 on, the CRD of ApplicationSets is too large for the annotation that a client-side apply writes. */
const serverSide = (manager: string) => [
  '--server-side',
  '--force-conflicts',
  `--field-manager=ai-orchestra-${manager}`,
];
/** Two managers: the manifests have the ConfigMaps too, empty, and would take the settings away as their own. */
const release = serverSide('argo-cd');
const ours = serverSide('bootstrap');
const crds = ['applications', 'applicationsets', 'appprojects'].map((name) => `crd/${name}.argoproj.io`);

/** @throws {KubectlFailed} at the step that failed; what was applied before stays, and is applied again the next time */
export async function handOver({ kubectl, manifest, folder, tell }: HandOverOptions): Promise<void> {
  const own = join(folder, 'argocd');
  const settings = readdirSync(own).filter((file) => file.startsWith('ConfigMap-'));
  tell(`namespace ${argoCdNamespace}`);
  await kubectl(['apply', ...ours, '-f', '-'], namespaceManifest);
  tell('Argo CD');
  await kubectl(['apply', ...release, '-n', argoCdNamespace, '-f', manifest]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=120s', ...crds]);
  tell("Argo CD's settings");
  await kubectl(['apply', ...ours, ...settings.flatMap((file) => ['-f', join(own, file)])]);
  tell('the root');
  // The fence first: an Application of a project that is not there is refused.
  for (const file of ['AppProject-argocd.yaml', 'Application-argocd.yaml'])
    await kubectl(['apply', ...ours, '-f', join(own, file)]);
}

const namespaceManifest = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: argoCdNamespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});
