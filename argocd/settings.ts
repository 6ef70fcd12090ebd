/**
 * Argo CD's own settings. Its installation makes these ConfigMaps with defaults; what stands here is added by server-side apply,
 * key by key, and put back when somebody edits it by hand.
 */
import type { Application } from '../charts/lib/application.ts';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import { KubeObject } from '../charts/lib/object.ts';
import { healthChecks } from './health/checks.ts';

/** Adds one of Argo CD's ConfigMaps. Argo CD reads those alone that have its label. */
export function addArgoCdConfigMap(scope: Application, name: string, data: Readonly<Record<string, string>>) {
  new KubeObject(scope, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: argoCdNamespace,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' },
    },
    data,
  });
}

export function addSettings(scope: Application) {
  addArgoCdConfigMap(scope, 'argocd-cm', {
    // The label would be copied to what controllers make, and then be taken for ours.
    'application.resourceTrackingMethod': 'annotation',
    // Git is asked every two to three minutes; a webhook can make it at once.
    'timeout.reconciliation': '120s',
    'timeout.reconciliation.jitter': '60s',
    // dist/ is plain YAML: nothing that renders needs to run beside the credentials of the repository.
    'helm.enabled': 'false',
    'jsonnet.enabled': 'false',
    'kustomize.enabled': 'false',
    // Defaults, stated so that they are put back.
    'exec.enabled': 'false',
    'users.anonymous.enabled': 'false',
    ...Object.fromEntries(
      Object.entries(healthChecks).map(([kind, script]) => [`resource.customizations.health.${kind}`, script]),
    ),
  });
  // Read when the controller starts.
  addArgoCdConfigMap(scope, 'argocd-cmd-params-cm', {
    'controller.diff.server.side': 'true',
    // Says at the Application which object is not healthy: `npm run gitops -- status` shows it.
    'controller.resource.health.persist': 'true',
    // The root waits for its Applications. What one of them waits for may be in the root's next commit, such as its project:
    // without an end, neither would ever go on. Longer than the first start of a cluster takes.
    'controller.sync.timeout.seconds': '7200',
  });
  // Who logs in may do nothing, but `admin`. Changes come by git.
  addArgoCdConfigMap(scope, 'argocd-rbac-cm', { 'policy.default': '', 'policy.csv': '' });
}
