import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

interface Network {
  readonly name: string;
  readonly autoCreateSubnetworks?: boolean;
  readonly routingConfig?: { readonly routingMode?: string };
}

/** A network with no subnet of its own making: ranges are chosen, so that clusters can be connected one day. */
export function network(name: string): Resource {
  return {
    id: 'network',
    title: `network ${name}`,
    api: 'compute.googleapis.com',
    needs: [apisId],
    wanted: { 'subnet mode': 'custom', 'routing mode': 'regional' },
    async read(read) {
      const all = await read.json<readonly Network[]>('compute', 'networks', 'list');
      const found = all.find((one) => one.name === name);
      return (
        found && {
          fields: {
            'subnet mode': found.autoCreateSubnetworks === false ? 'custom' : 'auto',
            'routing mode': (found.routingConfig?.routingMode ?? 'REGIONAL').toLowerCase(),
          },
        }
      );
    },
    create: () => [
      {
        words: ['compute', 'networks', 'create', name, '--subnet-mode=custom', '--bgp-routing-mode=regional'],
      },
    ],
    update: (changes) =>
      changes.some(({ field }) => field === 'subnet mode')
        ? undefined
        : [{ words: ['compute', 'networks', 'update', name, '--bgp-routing-mode=regional'] }],
    remove: () => [{ words: ['compute', 'networks', 'delete', name] }],
  };
}
