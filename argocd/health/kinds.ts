/** Who judges the health of the other kinds of dist/. Argo CD 3.2.6; health.it.test.ts looks it up in its module. */

/** Kinds that Argo CD has a check for. */
export const judgedByArgoCd: readonly string[] = [
  'PersistentVolumeClaim',
  'Service',
  'apps_Deployment',
  'apps_StatefulSet',
  'batch_CronJob',
  'external-secrets.io_ClusterSecretStore',
  'external-secrets.io_ExternalSecret',
  'gateway.networking.k8s.io_Gateway',
  'gateway.networking.k8s.io_HTTPRoute',
  'policy_PodDisruptionBudget',
];

/** Kinds without a check, which count as healthy once they are there. */
const takesEffectAtOnce = 'it takes effect when the API server has it; it has no status that could say otherwise';
const beforeTheGateway =
  'it is applied before the Gateway, so that no route is open without it; a verdict from that time, when there is nothing yet to attach it to, would stop the sync before the Gateway';

export const withoutHealth: Readonly<Record<string, string>> = {
  ConfigMap: takesEffectAtOnce,
  LimitRange: takesEffectAtOnce,
  Namespace: takesEffectAtOnce,
  ResourceQuota: 'its status is a count, not a verdict',
  ServiceAccount: takesEffectAtOnce,
  'argoproj.io_AppProject': takesEffectAtOnce,
  'networking.k8s.io_NetworkPolicy': takesEffectAtOnce,
  'scheduling.k8s.io_PriorityClass': takesEffectAtOnce,
  'snapshot.storage.k8s.io_VolumeSnapshotClass': takesEffectAtOnce,
  'storage.k8s.io_StorageClass': takesEffectAtOnce,
  'networking.gke.io_GCPBackendPolicy': beforeTheGateway,
  'networking.gke.io_GCPGatewayPolicy': beforeTheGateway,
  'networking.gke.io_HealthCheckPolicy': beforeTheGateway,
};
