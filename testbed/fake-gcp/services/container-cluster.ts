/** A new cluster, as GKE shows it. */
import { GoogleError } from '../answer.ts';
import { type Cloud, etagOf, fullName, object, objects, text } from '../cloud.ts';
import type { Fields } from '../route.ts';
import { host as computeHost, hasRange, reference } from './compute.ts';
import { versions } from './container-operation.ts';
import { host as kmsHost } from './kms.ts';
import { serviceAccountName } from './service-accounts.ts';

const isZone = (location: string) => /-[a-z]$/.test(location);
const regionOf = (location: string) => location.replace(/-[a-z]$/, '');

/** `orch` or `projects/p/regions/r/subnetworks/orch`. */
const place = (cloud: Cloud, given: unknown, parent: string) =>
  text(given).includes('/') ? reference(cloud, given) : `projects/${cloud.project}/${parent}/${text(given)}`;

/** What a cluster is to be made of must be there, and usable by GKE. @throws {GoogleError} */
export function refuseUnusable(cloud: Cloud, given: Fields, name: string): void {
  const { state, policies, projectNumber, project } = cloud;
  const region = regionOf(name.split('/')[3] ?? '');
  const bad = (message: string) => new GoogleError('INVALID_ARGUMENT', message);
  const network = place(cloud, given.network || 'default', 'global/networks');
  if (state.get(fullName(computeHost, network)) === undefined) throw bad(`Network "${text(given.network)}" not found.`);
  const subnetworkName = place(cloud, given.subnetwork, `regions/${region}/subnetworks`);
  const subnetwork = state.get(fullName(computeHost, subnetworkName));
  if (given.subnetwork !== undefined && subnetwork === undefined)
    throw bad(`Subnetwork "${text(given.subnetwork)}" not found.`);
  const { clusterSecondaryRangeName, servicesSecondaryRangeName } = object(given.ipAllocationPolicy);
  for (const range of [clusterSecondaryRangeName, servicesSecondaryRangeName])
    if (range !== undefined && !hasRange(subnetwork ?? {}, range))
      throw bad(
        `Secondary range "${text(range)}" does not exist in network "${text(given.network)}", subnetwork "${text(given.subnetwork)}".`,
      );
  const keyName = text(object(given.databaseEncryption).keyName);
  const robot = `serviceAccount:service-${projectNumber}@container-engine-robot.iam.gserviceaccount.com`;
  if (keyName) {
    const mayUse = policies
      .get(fullName(kmsHost, keyName))
      .bindings.some(
        ({ role, members }) => role === 'roles/cloudkms.cryptoKeyEncrypterDecrypter' && members.includes(robot),
      );
    if (state.get(fullName(kmsHost, keyName)) === undefined || !mayUse)
      throw bad(
        `Cluster creation failed: Cloud KMS Key "${keyName}" is not enabled, or ${robot} lacks the permission 'cloudkms.cryptoKeyVersions.useToEncrypt' on it.`,
      );
  }
  const workloadPool = object(given.workloadIdentityConfig).workloadPool;
  if (workloadPool !== undefined && workloadPool !== `${project}.svc.id.goog`)
    throw bad(`Workload pool "${text(workloadPool)}" is not of this project.`);
  for (const pool of objects(given.nodePools)) refuseUnknownAccount(cloud, object(pool.config).serviceAccount);
}

export function refuseUnknownAccount({ state, project }: Cloud, email: unknown): void {
  if (email === undefined || email === 'default') return;
  if (state.get(serviceAccountName(project, text(email))) === undefined)
    throw new GoogleError('INVALID_ARGUMENT', `The service account "${text(email)}" does not exist.`);
}

/** proto3 has no false, 0 and '' in an answer. Those that are marked optional, it has. */
const keptWhenFalse = new Set(['insecureKubeletReadonlyPortEnabled']);
export function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.entries(value).filter(
    ([field, one]) => keptWhenFalse.has(field) || !(one === false || one === 0 || one === '' || one === null),
  );
  return Object.fromEntries(own.map(([field, one]) => [field, withoutDefaults(one)]));
}

export function newCluster(cloud: Cloud, name: string, given: Fields): Fields {
  const { state, clock, cluster } = cloud;
  const location = name.split('/')[3] ?? '';
  const region = regionOf(location);
  const network = place(cloud, given.network || 'default', 'global/networks');
  const subnetwork = place(cloud, given.subnetwork || 'default', `regions/${region}/subnetworks`);
  const range = text(state.get(fullName(computeHost, subnetwork))?.ipCidrRange);
  const zones = isZone(location) ? [location] : ['a', 'b', 'c'].map((zone) => `${region}-${zone}`);
  const endpoints = object(given.controlPlaneEndpointsConfig);
  const byIp = object(endpoints.ipEndpointsConfig).enabled !== false;
  const master = object(given.masterAuth);
  const encryption = object(given.databaseEncryption);
  const whole = {
    id: state.uniqueId(),
    selfLink: `https://container.googleapis.com/v1/${name}`,
    zone: location,
    location,
    locations: zones,
    currentMasterVersion: versions.master,
    currentNodeVersion: versions.master,
    initialClusterVersion: versions.master,
    createTime: clock.timestamp(),
    etag: etagOf(cloud),
    loggingService: 'logging.googleapis.com/kubernetes',
    monitoringService: 'monitoring.googleapis.com/kubernetes',
    ...given,
    network: network.split('/').at(-1),
    subnetwork: subnetwork.split('/').at(-1),
    networkConfig: { ...object(given.networkConfig), network, subnetwork },
    endpoint: cluster.endpoint,
    masterAuth: { ...master, clusterCaCertificate: cluster.caCertificate },
    controlPlaneEndpointsConfig: {
      ...endpoints,
      dnsEndpointConfig: { ...object(endpoints.dnsEndpointConfig), endpoint: cluster.endpoint },
      ipEndpointsConfig: { ...object(endpoints.ipEndpointsConfig), enabled: byIp },
    },
    databaseEncryption:
      encryption.keyName === undefined
        ? { state: 'DECRYPTED', currentState: 'CURRENT_STATE_DECRYPTED' }
        : { ...encryption, currentState: 'CURRENT_STATE_ENCRYPTED' },
    ipAllocationPolicy: {
      clusterIpv4CidrBlock: '10.20.0.0/14',
      servicesIpv4CidrBlock: '10.24.0.0/20',
      stackType: 'IPV4',
      useIpAliases: true,
      ...object(given.ipAllocationPolicy),
    },
    ...(range && { subnetworkIpv4CidrBlock: range }),
    shieldedNodes: { enabled: true, ...object(given.shieldedNodes) },
  };
  return withoutDefaults(whole) as Fields;
}
