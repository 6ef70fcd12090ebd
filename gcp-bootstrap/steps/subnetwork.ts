import type { FieldChange, Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

export interface SubnetworkProps {
  readonly name: string;
  readonly network: string;
  readonly region: string;
  /** Range of the nodes. It can grow, and never shrink. */
  readonly range: string;
  /** Secondary ranges by name, such as pods and services. They cannot be changed while a cluster uses them. */
  readonly secondary: Readonly<Record<string, string>>;
}

interface Subnetwork {
  readonly name: string;
  readonly region: string;
  readonly network: string;
  readonly ipCidrRange: string;
  readonly purpose?: string;
  readonly privateIpGoogleAccess?: boolean;
  readonly logConfig?: { readonly enable?: boolean };
  readonly secondaryIpRanges?: readonly { readonly rangeName: string; readonly ipCidrRange: string }[];
}

const api = 'compute.googleapis.com';
/** The last word of a reference such as `https://www.googleapis.com/compute/v1/projects/p/regions/us-central1`. */
const last = (reference: string) => reference.split('/').at(-1) ?? '';

/** One list for all regions and purposes. */
const list = ['compute', 'networks', 'subnets', 'list'] as const;

/** The subnet of a region's cluster: nodes, pods and Services, with Google's APIs in reach of private addresses. */
export function subnetwork({ name, network, region, range, secondary }: SubnetworkProps): Resource {
  const where = [name, `--region=${region}`];
  const flowLogs = [
    '--enable-flow-logs',
    '--logging-aggregation-interval=interval-10-min',
    '--logging-flow-sampling=0.1',
  ];
  return {
    id: `subnetwork:${region}`,
    title: `subnetwork ${name}`,
    api,
    needs: [apisId, 'network'],
    wanted: { range, 'secondary ranges': secondary, 'private Google access': true, 'flow logs': true },
    async read(read) {
      const all = await read.json<readonly Subnetwork[]>(...list);
      const found = all.find((one) => one.name === name && last(one.region) === region);
      if (found === undefined) return undefined;
      const ranges = (found.secondaryIpRanges ?? []).map(({ rangeName, ipCidrRange }) => [rangeName, ipCidrRange]);
      return {
        fields: {
          range: found.ipCidrRange,
          'secondary ranges': Object.fromEntries(ranges),
          'private Google access': found.privateIpGoogleAccess === true,
          'flow logs': found.logConfig?.enable === true,
        },
      };
    },
    create: () => [
      {
        words: [
          'compute',
          'networks',
          'subnets',
          'create',
          ...where,
          `--network=${network}`,
          `--range=${range}`,
          `--secondary-range=${Object.entries(secondary)
            .map(([rangeName, cidr]) => `${rangeName}=${cidr}`)
            .join(',')}`,
          '--enable-private-ip-google-access',
          ...flowLogs,
        ],
      },
    ],
    update: (changes) => {
      const changed = (field: string) => changes.some((change: FieldChange) => change.field === field);
      // A cluster lives in these ranges: nothing short of a new one gets others.
      if (changed('range') || changed('secondary ranges')) return undefined;
      return [
        {
          words: [
            'compute',
            'networks',
            'subnets',
            'update',
            ...where,
            // gcloud takes one of these groups a call.
            ...(changed('private Google access') ? ['--enable-private-ip-google-access'] : flowLogs),
          ],
        },
      ];
    },
    remove: () => [{ words: ['compute', 'networks', 'subnets', 'delete', ...where] }],
  };
}

/** Where Google runs the proxies of the region's load balancers. */
export function proxyOnlySubnetwork({ name, network, region, range }: Omit<SubnetworkProps, 'secondary'>): Resource {
  const where = [name, `--region=${region}`];
  return {
    id: `proxy-subnetwork:${region}`,
    title: `proxy-only subnetwork ${name}`,
    api,
    needs: [apisId, 'network'],
    wanted: { range, purpose: 'REGIONAL_MANAGED_PROXY' },
    async read(read) {
      const all = await read.json<readonly Subnetwork[]>(...list);
      const found = all.find((one) => one.name === name && last(one.region) === region);
      return found && { fields: { range: found.ipCidrRange, purpose: found.purpose ?? 'PRIVATE' } };
    },
    create: () => [
      {
        words: [
          'compute',
          'networks',
          'subnets',
          'create',
          ...where,
          `--network=${network}`,
          `--range=${range}`,
          '--purpose=REGIONAL_MANAGED_PROXY',
          '--role=ACTIVE',
        ],
      },
    ],
    update: () => undefined,
    remove: () => [{ words: ['compute', 'networks', 'subnets', 'delete', ...where] }],
  };
}
