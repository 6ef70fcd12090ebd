import type { Fields, Found, Resource } from '../engine/resource.ts';
import type { Reader } from '../gcloud/reader.ts';
import { apisId } from './apis.ts';
import { at, type Described, fieldsOf, optionalFlags, updates, wantedOf } from './described.ts';
import { type Hardening, hardening } from './hardening.ts';

const api = 'container.googleapis.com';

export interface ClusterProps {
  readonly name: string;
  readonly project: string;
  readonly location: string;
  readonly network: string;
  readonly subnetwork: string;
  readonly privateNodes: boolean;
  /** Full name of the key that encrypts Secrets in etcd. */
  readonly key: string;
  /** Email of the identity of the nodes. */
  readonly nodeAccount: string;
}

export const clusterId = (location: string) => `cluster:${location}`;

/** What the charts count on, with where GKE shows it. */
const features: readonly Hardening[] = [
  {
    setting: 'Gateway API',
    create: ['--gateway-api=standard'],
    update: ['--gateway-api=standard'],
    field: 'networkConfig.gatewayApiConfig.channel',
    value: 'CHANNEL_STANDARD',
  },
  {
    setting: 'Managed Prometheus',
    create: ['--enable-managed-prometheus'],
    update: ['--enable-managed-prometheus'],
    field: 'monitoringConfig.managedPrometheusConfig.enabled',
    value: true,
  },
  {
    setting: 'Secret Manager add-on',
    create: ['--enable-secret-manager'],
    update: ['--enable-secret-manager'],
    field: 'secretManagerConfig.enabled',
    value: true,
  },
  {
    setting: 'Costs by namespace',
    create: ['--enable-cost-allocation'],
    update: ['--enable-cost-allocation'],
    field: 'costManagementConfig.enabled',
    value: true,
  },
];

const addons = [
  'HorizontalPodAutoscaling',
  'HttpLoadBalancing',
  'GcePersistentDiskCsiDriver',
  'GcpFilestoreCsiDriver',
  'BackupRestore',
  'NodeLocalDNS',
];
const addonFields: readonly Hardening[] = [
  ['Filestore driver', 'GcpFilestoreCsiDriver', 'addonsConfig.gcpFilestoreCsiDriverConfig.enabled'],
  ['Disk driver', 'GcePersistentDiskCsiDriver', 'addonsConfig.gcePersistentDiskCsiDriverConfig.enabled'],
  ['Backup agent', 'BackupRestore', 'addonsConfig.gkeBackupAgentConfig.enabled'],
  ['DNS cache on each node', 'NodeLocalDNS', 'addonsConfig.dnsCacheConfig.enabled'],
].map(([setting = '', addon = '', field = '']) => ({
  setting,
  create: [],
  update: [`--update-addons=${addon}=ENABLED`],
  field,
  value: true,
}));

/** kube-state metrics are what the alerts are made of. */
const logging = 'SYSTEM,WORKLOAD';
const monitoring = 'SYSTEM,POD,DEPLOYMENT,STATEFULSET,STORAGE,HPA';
/** Saturday and Sunday nights, six hours: GKE asks for 48 hours in 32 days at least, in windows of four. */
const window = {
  flags: [
    '--maintenance-window-start=2026-01-03T02:00:00Z',
    '--maintenance-window-end=2026-01-03T08:00:00Z',
    '--maintenance-window-recurrence=FREQ=WEEKLY;BYDAY=SA,SU',
  ],
  recurrence: 'FREQ=WEEKLY;BYDAY=SA,SU',
};

/** One list for all clusters, with their pools. */
export const listClusters = ['container', 'clusters', 'list'] as const;

/** A cluster as it is; undefined where there is none, or while it is going. */
export async function findCluster(read: Reader, name: string, location: string): Promise<Described | undefined> {
  const all = await read.json<readonly Described[]>(...listClusters);
  return all.find((one) => one.name === name && one.location === location && one.status !== 'STOPPING');
}

/** The cluster without its nodes: pools are resources of their own, so that one can be changed without the others. */
export function cluster(props: ClusterProps): Resource {
  const { name, location, network, subnetwork, nodeAccount } = props;
  const where = [name, `--location=${location}`];
  const all = [...hardening(props), ...features, ...addonFields];
  const optional = optionalFlags(all);
  const fields = (found: Described): Fields => ({
    ...fieldsOf(all, found),
    network: String(at(found, 'network') ?? ''),
    subnetwork: String(at(found, 'subnetwork') ?? ''),
    'maintenance window': String(at(found, 'maintenancePolicy.window.recurringWindow.recurrence') ?? ''),
    logging: components(found, 'loggingConfig'),
    monitoring: components(found, 'monitoringConfig'),
  });
  const own: Readonly<Record<string, readonly string[]>> = {
    'maintenance window': window.flags,
    logging: [`--logging=${logging}`],
    monitoring: [`--monitoring=${monitoring}`],
  };
  return {
    id: clusterId(location),
    title: `cluster ${name}`,
    api,
    needs: [
      apisId,
      `subnetwork:${location}`,
      `nat:${location}`,
      `key:${location}`,
      `key-user:${location}`,
      'node-account',
    ],
    wanted: {
      ...wantedOf(all),
      network,
      subnetwork,
      'maintenance window': window.recurrence,
      logging: sorted(logging, loggingNames),
      monitoring: sorted(monitoring, monitoringNames),
    },
    async read(read): Promise<Found | undefined> {
      const found = await findCluster(read, name, location);
      if (found === undefined) return undefined;
      const busy = found.status === 'RUNNING' || found.status === 'DEGRADED' ? undefined : String(found.status);
      return { fields: fields(found), ...(busy && { busy }) };
    },
    create: () => [
      {
        words: [
          'container',
          'clusters',
          'create',
          ...where,
          // Google wants one pool to begin with; it goes when the real ones are there.
          '--num-nodes=1',
          '--machine-type=e2-medium',
          '--disk-size=20',
          `--service-account=${nodeAccount}`,
          '--workload-metadata=GKE_METADATA',
          `--network=${network}`,
          `--subnetwork=${subnetwork}`,
          '--cluster-secondary-range-name=pods',
          '--services-secondary-range-name=services',
          ...all.flatMap(({ create }) => create),
          `--addons=${addons.join(',')}`,
          '--enable-image-streaming',
          ...Object.values(own).flat(),
          '--labels=managed-by=ai-orchestra',
        ],
        optional,
        timeout: 45 * 60_000,
      },
    ],
    update(changes) {
      if (changes.some(({ field }) => field === 'network' || field === 'subnetwork')) return undefined;
      const groups = updates(all, changes);
      if (groups === undefined) return undefined;
      const others = changes.flatMap(({ field }) => (own[field] ? [own[field]] : []));
      return [...groups, ...others].map((flags) => ({
        words: ['container', 'clusters', 'update', ...where, ...flags],
        optional,
        timeout: 45 * 60_000,
      }));
    },
    remove: () => [{ words: ['container', 'clusters', 'delete', ...where], timeout: 45 * 60_000 }],
    // A regional cluster; the credit of 74.40 USD a month is for zonal and Autopilot clusters.
    cost: { low: 73, high: 73 },
  };
}

/** gcloud's short names and the API's. */
const loggingNames: Readonly<Record<string, string>> = { SYSTEM: 'SYSTEM_COMPONENTS', WORKLOAD: 'WORKLOADS' };
const monitoringNames: Readonly<Record<string, string>> = { SYSTEM: 'SYSTEM_COMPONENTS' };

const sorted = (list: string, names: Readonly<Record<string, string>>) =>
  list
    .split(',')
    .map((name) => names[name] ?? name)
    .sort();

function components(found: Described, config: string): readonly string[] {
  const enabled = at(found, `${config}.componentConfig.enableComponents`);
  return Array.isArray(enabled) ? enabled.map(String).sort() : [];
}
