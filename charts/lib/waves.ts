/**
 * The order of work is Argo CD sync waves, never file order and never cdk8s dependencies. An application has a wave
 * (application.ts), and so has each object within it: what others stand on comes first.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
import type { KubernetesObject } from '../../imports/index.ts';

export const waveAnnotation = 'argocd.argoproj.io/sync-wave';

const waves: Partial<Record<KubernetesObject['kind'], number>> = {
  Namespace: -4,
  PriorityClass: -4,
  StorageClass: -4,
  VolumeSnapshotClass: -4,
  AppProject: -3,
  ResourceQuota: -3,
  LimitRange: -3,
  ClusterSecretStore: -3,
  NetworkPolicy: -3,
  ServiceAccount: -2,
  Role: -2,
  RoleBinding: -2,
  ClusterRole: -2,
  ClusterRoleBinding: -2,
  ConfigMap: -2,
  ExternalSecret: -2,
  PersistentVolumeClaim: -1,
  Service: -1,
  Deployment: 0,
  StatefulSet: 0,
  Job: 1,
  CronJob: 1,
  HorizontalPodAutoscaler: 2,
  PodDisruptionBudget: 2,
};

/** The wave of a kind within its application; 0 where the order does not matter. */
export const waveOf = (kind: KubernetesObject['kind']): number => waves[kind] ?? 0;
