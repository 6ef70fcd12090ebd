/** What becomes of a cluster when one of its settings is changed. */
import { GoogleError } from '../answer.ts';
import { type Cloud, fullName, object, text } from '../cloud.ts';
import { joined } from '../field-mask.ts';
import type { Fields } from '../route.ts';
import { withoutDefaults } from './container-cluster.ts';
import { host as kmsHost } from './kms.ts';

/** Wishes that are not the field of the same name, by what stands after `desired`. */
const elsewhere: Readonly<Record<string, (value: unknown) => Fields>> = {
  IntraNodeVisibilityConfig: (value) => ({
    networkConfig: { enableIntraNodeVisibility: object(value).enabled ?? false },
  }),
  GatewayApiConfig: (value) => ({ networkConfig: { gatewayApiConfig: value } }),
  DatapathProvider: (value) => ({ networkConfig: { datapathProvider: value } }),
  DnsConfig: (value) => ({ networkConfig: { dnsConfig: value } }),
  EnableFqdnNetworkPolicy: (value) => ({ networkConfig: { enableFqdnNetworkPolicy: value } }),
  DefaultSnatStatus: (value) => ({ networkConfig: { defaultSnatStatus: value } }),
  DefaultEnablePrivateNodes: (value) => ({ networkConfig: { defaultEnablePrivateNodes: value } }),
  ServiceExternalIpsConfig: (value) => ({ networkConfig: { serviceExternalIpsConfig: value } }),
  InTransitEncryptionConfig: (value) => ({ networkConfig: { inTransitEncryptionConfig: value } }),
  EnablePrivateEndpoint: (value) => ({ privateClusterConfig: { enablePrivateEndpoint: value } }),
  ClusterAutoscaling: (value) => ({ autoscaling: value }),
  MasterVersion: (value) => ({ currentMasterVersion: value }),
  NodeVersion: (value) => ({ currentNodeVersion: value }),
};

/** Wishes that are the field of the same name. */
const same = new Set([
  'AddonsConfig',
  'AnonymousAuthenticationConfig',
  'AuthenticatorGroupsConfig',
  'BinaryAuthorization',
  'ControlPlaneEndpointsConfig',
  'CostManagementConfig',
  'DatabaseEncryption',
  'Locations',
  'LoggingConfig',
  'LoggingService',
  'MasterAuthorizedNetworksConfig',
  'MonitoringConfig',
  'MonitoringService',
  'NotificationConfig',
  'PrivateClusterConfig',
  'RbacBindingConfig',
  'ReleaseChannel',
  'ResourceUsageExportConfig',
  'SecretManagerConfig',
  'SecurityPostureConfig',
  'ShieldedNodes',
  'VerticalPodAutoscaling',
  'WorkloadIdentityConfig',
]);

/** Wishes that belong together, and may come in one request. */
const pairs = [['LoggingConfig', 'MonitoringConfig', 'LoggingService', 'MonitoringService']];

interface Updated {
  /** Fields of the cluster that change. */
  readonly cluster: Fields;
  /** Where the change is one of a pool. */
  readonly pool?: { readonly id: string; readonly fields: (before: Fields) => Fields };
}

/** @throws {GoogleError} for a wish that GKE does not know, and for two in one request */
export function updated(cloud: Cloud, before: Fields, update: Fields): Updated {
  const { desiredNodePoolId, ...wishes } = update;
  const names = Object.keys(wishes).map((name) => name.replace(/^desired/, ''));
  const together = names.length === 1 || pairs.some((pair) => names.every((name) => pair.includes(name)));
  if (names.length === 0 || !together)
    throw new GoogleError('INVALID_ARGUMENT', `Must specify exactly one update of the cluster, not ${names.length}.`);
  const id = text(desiredNodePoolId);
  const [[wish = '', value] = []] = Object.entries(wishes);
  if (wish === 'desiredNodePoolAutoscaling')
    return { cluster: {}, pool: { id, fields: () => ({ autoscaling: withoutDefaults(value) }) } };
  if (wish === 'desiredImageType') {
    const fields = (pool: Fields) => ({ config: { ...object(pool.config), imageType: value } });
    return { cluster: {}, pool: { id, fields } };
  }
  if (id && wish === 'desiredNodeVersion') return { cluster: {}, pool: { id, fields: () => ({ version: value }) } };
  const changes = Object.entries(wishes).map(([name, wanted]) => changeOf(cloud, name, wanted));
  return { cluster: withoutDefaults(changes.reduce(joined, before)) as Fields };
}

function changeOf(cloud: Cloud, wish: string, value: unknown): Fields {
  const name = wish.replace(/^desired/, '');
  const special = elsewhere[name];
  if (special) return special(value);
  if (!same.has(name))
    throw new GoogleError('INVALID_ARGUMENT', `Invalid JSON payload received. Unknown name "${wish}" at 'update'.`);
  const field = `${name[0]?.toLowerCase()}${name.slice(1)}`;
  if (name !== 'DatabaseEncryption') return { [field]: value };
  const encryption = object(value);
  if (encryption.state === 'ENCRYPTED' && cloud.state.get(fullName(kmsHost, text(encryption.keyName))) === undefined)
    throw new GoogleError('INVALID_ARGUMENT', `Cloud KMS Key "${text(encryption.keyName)}" not found.`);
  const currentState = encryption.state === 'ENCRYPTED' ? 'CURRENT_STATE_ENCRYPTED' : 'CURRENT_STATE_DECRYPTED';
  return { databaseEncryption: { ...encryption, currentState } };
}

/** Settings that have a method of their own: its name, and what it changes. */
export const methodFields: Readonly<Record<string, (body: Fields, before: Fields) => Fields>> = {
  setMaintenancePolicy: ({ maintenancePolicy }) => ({
    maintenancePolicy: { ...object(maintenancePolicy), resourceVersion: 'e3b0c442' },
  }),
  setLegacyAbac: ({ enabled }) => ({ legacyAbac: withoutDefaults({ enabled }) }),
  setResourceLabels: ({ resourceLabels }) => ({ resourceLabels }),
  setLogging: ({ loggingService }) => ({ loggingService }),
  setMonitoring: ({ monitoringService }) => ({ monitoringService }),
  setNetworkPolicy: ({ networkPolicy }) => ({ networkPolicy }),
  setLocations: ({ locations }) => ({ locations }),
  setAddons: ({ addonsConfig }, before) => ({
    addonsConfig: joined(object(before.addonsConfig), object(addonsConfig)),
  }),
};
