import type { ArgoprojObject } from './argoproj.generated.ts';
import type { ExternalSecretsObject } from './external-secrets.generated.ts';
import type { GatewayNetworkingObject } from './gateway-networking.generated.ts';
import type { K8sObject } from './k8s.generated.ts';
import type { MonitoringGoogleapisObject } from './monitoring-googleapis.generated.ts';
import type { NetworkingGkeObject } from './networking-gke.generated.ts';
import type { SnapshotStorageObject } from './snapshot-storage.generated.ts';

export type * from './argoproj.generated.ts';
export type * from './external-secrets.generated.ts';
export type * from './gateway-networking.generated.ts';
export type * from './k8s.generated.ts';
export type * from './monitoring-googleapis.generated.ts';
export type * from './networking-gke.generated.ts';
export type * from './snapshot-storage.generated.ts';

/** An object of any kind that the project writes. */
export type KubernetesObject =
  | K8sObject
  | ArgoprojObject
  | GatewayNetworkingObject
  | ExternalSecretsObject
  | NetworkingGkeObject
  | MonitoringGoogleapisObject
  | SnapshotStorageObject;
