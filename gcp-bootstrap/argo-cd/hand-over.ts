/**
 * Hands a new cluster over to git: Argo CD, its settings, and the root Application. After that the cluster follows dist/, Argo CD's
 * own settings included; done again, it changes nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
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
const ours = ['--server-side', '--force-conflicts', '--field-manager=ai-orchestra-bootstrap'];
const crds = ['applications', 'applicationsets', 'appprojects'].map((name) => `crd/${name}.argoproj.io`);

/** @throws {KubectlFailed} at the step that failed; what was applied before stays, and is applied again the next time */
export async function handOver({ kubectl, manifest, folder, tell }: HandOverOptions): Promise<void> {
  const own = join(folder, 'argocd');
  const settings = readdirSync(own).filter((file) => file.startsWith('ConfigMap-'));
  tell(`namespace ${argoCdNamespace}`);
  await kubectl(['apply', ...ours, '-f', '-'], namespaceManifest);
  // Before what reads them as it starts.
  tell("Argo CD's settings");
  await kubectl(['apply', ...ours, ...settings.flatMap((file) => ['-f', join(own, file)])]);
  tell('Argo CD');
  await kubectl(
    ['apply', ...ours, '-n', argoCdNamespace, '-f', '-'],
    withoutSettings(readFileSync(manifest, 'utf8'), settings),
  );
  await kubectl(['wait', '--for=condition=Established', '--timeout=120s', ...crds]);
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

/** The release has these ConfigMaps too: applied from both, they would be the one and the other by turns. */
function withoutSettings(manifests: string, settings: readonly string[]): string {
  return manifests
    .split(/^---$/m)
    .filter((text) => {
      if (!/^kind: ConfigMap$/m.test(text)) return true;
      const { kind, metadata } = parse(text) as { readonly kind: string; readonly metadata: { readonly name: string } };
      return !(kind === 'ConfigMap' && settings.includes(`ConfigMap-${metadata.name}.yaml`));
    })
    .join('---\n');
}
