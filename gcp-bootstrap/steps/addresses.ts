import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'compute.googleapis.com';

interface Address {
  readonly name: string;
  readonly addressType?: string;
}

/** The address that the Gateway answers at: DNS names it, so it must outlive the load balancer. */
export function staticAddress(name: string): Resource {
  return {
    id: 'address',
    title: `static address ${name}`,
    api,
    needs: [apisId],
    wanted: { type: 'EXTERNAL' },
    async read(read) {
      const all = await read.json<readonly Address[]>('compute', 'addresses', 'list', '--global');
      const found = all.find((one) => one.name === name);
      return found && { fields: { type: found.addressType ?? 'EXTERNAL' } };
    },
    create: () => [{ words: ['compute', 'addresses', 'create', name, '--global'] }],
    update: () => undefined,
    remove: () => [{ words: ['compute', 'addresses', 'delete', name, '--global'] }],
    // Idle it costs 0.01 USD an hour; in use, the forwarding rule is what costs.
    cost: { low: 0, high: 7.3 },
  };
}

interface SslPolicy {
  readonly name: string;
  readonly profile?: string;
  readonly minTlsVersion?: string;
}

/** What the Gateway's listeners speak: TLS 1.2 and newer, with today's ciphers. */
export function sslPolicy(name: string): Resource {
  const flags = ['--profile=MODERN', '--min-tls-version=1.2'];
  return {
    id: 'ssl-policy',
    title: `SSL policy ${name}`,
    api,
    needs: [apisId],
    wanted: { profile: 'MODERN', 'oldest TLS': 'TLS_1_2' },
    async read(read) {
      const all = await read.json<readonly SslPolicy[]>('compute', 'ssl-policies', 'list');
      const found = all.find((one) => one.name === name);
      return (
        found && { fields: { profile: found.profile ?? 'COMPATIBLE', 'oldest TLS': found.minTlsVersion ?? 'TLS_1_0' } }
      );
    },
    create: () => [{ words: ['compute', 'ssl-policies', 'create', name, ...flags] }],
    update: () => [{ words: ['compute', 'ssl-policies', 'update', name, ...flags] }],
    remove: () => [{ words: ['compute', 'ssl-policies', 'delete', name] }],
  };
}
