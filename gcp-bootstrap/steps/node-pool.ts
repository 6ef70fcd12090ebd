import type { Environment } from '../../environments/schema.ts';
import type { Found, Resource } from '../engine/resource.ts';
import { clusterId, findCluster } from './cluster.ts';
import { at, type Described, fieldsOf, optionalFlags, updates, wantedOf } from './described.ts';
import { nodeHardening } from './hardening.ts';

const api = 'container.googleapis.com';

/** A pool, and how many nodes it may have over all zones. */
export interface PoolSize {
  readonly name: 'main' | 'spot';
  readonly min: number;
  readonly max: number;
  readonly spot: boolean;
}

const SPOT_NODES = 3;

/** How the nodes of an environment are shared out: together they never exceed what the settings allow. */
export function poolSizes({ cluster: { nodes, spot } }: Pick<Environment, 'cluster'>): readonly PoolSize[] {
  if (!spot) return [{ name: 'main', ...nodes, spot: false }];
  const onSpot = Math.max(0, Math.min(SPOT_NODES, nodes.max - nodes.min));
  return [
    { name: 'main', min: nodes.min, max: nodes.max - onSpot, spot: false },
    { name: 'spot', min: 0, max: onSpot, spot: true },
  ];
}

export interface NodePoolProps {
  readonly cluster: string;
  readonly location: string;
  readonly size: PoolSize;
  readonly machineType: string;
  /** GiB of SSD. */
  readonly bootDisk: number;
  readonly nodeAccount: string;
  readonly cost: Resource['cost'];
}

const poolId = (location: string, name: string) => `node-pool:${location}:${name}`;
const pools = (cluster: Described): readonly Described[] =>
  (cluster.nodePools as readonly Described[] | undefined) ?? [];

/** Nodes of one kind. Their number is the autoscaler's. */
export function nodePool({
  cluster,
  location,
  size,
  machineType,
  bootDisk,
  nodeAccount,
  cost,
}: NodePoolProps): Resource {
  const where = [size.name, `--cluster=${cluster}`, `--location=${location}`];
  const all = nodeHardening(nodeAccount);
  const optional = optionalFlags(all);
  const scaling = [
    '--enable-autoscaling',
    // Over all zones; --min-nodes and --max-nodes would be of each.
    `--total-min-nodes=${size.min}`,
    `--total-max-nodes=${size.max}`,
    `--location-policy=${size.spot ? 'ANY' : 'BALANCED'}`,
  ];
  return {
    id: poolId(location, size.name),
    title: `node pool ${size.name}`,
    api,
    needs: [clusterId(location)],
    wanted: {
      ...wantedOf(all),
      'nodes, at least': size.min,
      'nodes, at most': size.max,
      'machine type': machineType,
      'boot disk': `${bootDisk} GiB pd-ssd`,
      spot: size.spot,
    },
    async read(read): Promise<Found | undefined> {
      const there = await findCluster(read, cluster, location);
      const found = there && pools(there).find((one) => one.name === size.name);
      if (found === undefined || found.status === 'STOPPING') return undefined;
      const busy = ['RUNNING', 'RUNNING_WITH_ERROR', undefined].includes(found.status as string | undefined)
        ? undefined
        : String(found.status);
      return {
        fields: {
          ...fieldsOf(all, found),
          'nodes, at least': Number(at(found, 'autoscaling.totalMinNodeCount') ?? 0),
          'nodes, at most': Number(at(found, 'autoscaling.totalMaxNodeCount') ?? 0),
          'machine type': String(at(found, 'config.machineType') ?? ''),
          'boot disk': `${at(found, 'config.diskSizeGb') ?? 0} GiB ${at(found, 'config.diskType') ?? 'pd-balanced'}`,
          spot: at(found, 'config.spot') === true,
        },
        ...(busy && { busy }),
      };
    },
    create: () => [
      {
        words: [
          'container',
          'node-pools',
          'create',
          ...where,
          `--machine-type=${machineType}`,
          '--disk-type=pd-ssd',
          `--disk-size=${bootDisk}`,
          `--num-nodes=${size.min === 0 ? 0 : 1}`,
          ...scaling,
          ...all.flatMap(({ create }) => create),
          '--enable-image-streaming',
          '--max-surge-upgrade=1',
          '--max-unavailable-upgrade=0',
          ...(size.spot ? ['--spot', '--node-taints=cloud.google.com/gke-spot=true:NoSchedule'] : []),
        ],
        optional,
        timeout: 45 * 60_000,
      },
    ],
    update(changes) {
      const changed = (field: string) => changes.some((change) => change.field === field);
      if (changed('spot')) return undefined;
      const groups = updates(all, changes);
      if (groups === undefined) return undefined;
      const shape = [
        ...(changed('machine type') ? [`--machine-type=${machineType}`] : []),
        ...(changed('boot disk') ? ['--disk-type=pd-ssd', `--disk-size=${bootDisk}`] : []),
      ];
      return [
        ...groups,
        ...(changed('nodes, at least') || changed('nodes, at most') ? [scaling] : []),
        ...(shape.length > 0 ? [shape] : []),
      ].map((flags) => ({
        words: ['container', 'node-pools', 'update', ...where, ...flags],
        optional,
        timeout: 90 * 60_000,
      }));
    },
    remove: () => [],
    cost,
  };
}

/** The pool that Google makes with every cluster is gone: it cannot be changed, only replaced with the cluster. */
export function noDefaultPool(cluster: string, location: string): Resource {
  return {
    id: `no-default-pool:${location}`,
    title: 'no default node pool',
    api,
    needs: [poolId(location, 'main')],
    wanted: {},
    async read(read) {
      const there = await findCluster(read, cluster, location);
      return there === undefined || pools(there).some((one) => one.name === 'default-pool')
        ? undefined
        : { fields: {} };
    },
    create: () => [
      {
        words: ['container', 'node-pools', 'delete', 'default-pool', `--cluster=${cluster}`, `--location=${location}`],
        timeout: 45 * 60_000,
      },
    ],
    update: () => [],
    remove: () => [],
  };
}
