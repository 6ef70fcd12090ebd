import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

interface Router {
  readonly name: string;
  readonly region: string;
  readonly nats?: readonly {
    readonly name: string;
    readonly natIpAllocateOption?: string;
    readonly sourceSubnetworkIpRangesToNat?: string;
    readonly logConfig?: { readonly enable?: boolean; readonly filter?: string };
  }[];
}

const api = 'compute.googleapis.com';
const list = ['compute', 'routers', 'list'] as const;
const inRegion = (region: string, name: string) => (router: Router) =>
  router.name === name && router.region.split('/').at(-1) === region;

/** Carries the NAT of a region; it routes nothing itself. */
export function router(name: string, network: string, region: string): Resource {
  return {
    id: `router:${region}`,
    title: `router ${name}`,
    api,
    needs: [apisId, 'network'],
    wanted: {},
    read: async (read) =>
      (await read.json<readonly Router[]>(...list)).some(inRegion(region, name)) ? { fields: {} } : undefined,
    create: () => [{ words: ['compute', 'routers', 'create', name, `--network=${network}`, `--region=${region}`] }],
    update: () => [],
    remove: () => [{ words: ['compute', 'routers', 'delete', name, `--region=${region}`] }],
  };
}

/** The way of private nodes to the Internet. 1.02 USD a VM and month at most for 32 VMs; traffic is extra. */
export function nat(
  name: string,
  routerName: string,
  region: string,
  nodes: { readonly min: number; readonly max: number },
): Resource {
  const where = [name, `--router=${routerName}`, `--region=${region}`];
  const flags = [
    '--auto-allocate-nat-external-ips',
    '--nat-all-subnet-ip-ranges',
    '--enable-logging',
    '--log-filter=ERRORS_ONLY',
  ];
  return {
    id: `nat:${region}`,
    title: `NAT ${name}`,
    api,
    needs: [apisId, `router:${region}`],
    wanted: { addresses: 'AUTO_ONLY', ranges: 'ALL_SUBNETWORKS_ALL_IP_RANGES', logging: 'ERRORS_ONLY' },
    async read(read) {
      const routers = await read.json<readonly Router[]>(...list);
      const found = routers.find(inRegion(region, routerName))?.nats?.find((one) => one.name === name);
      return (
        found && {
          fields: {
            addresses: found.natIpAllocateOption ?? '',
            ranges: found.sourceSubnetworkIpRangesToNat ?? '',
            logging: found.logConfig?.enable === true ? (found.logConfig.filter ?? 'ALL') : 'off',
          },
        }
      );
    },
    create: () => [{ words: ['compute', 'routers', 'nats', 'create', ...where, ...flags] }],
    update: () => [{ words: ['compute', 'routers', 'nats', 'update', ...where, ...flags] }],
    remove: () => [{ words: ['compute', 'routers', 'nats', 'delete', ...where] }],
    cost: { low: nodes.min * 1.02 + 3.65, high: nodes.max * 1.02 + 3.65 },
  };
}
