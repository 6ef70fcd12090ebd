import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'dns.googleapis.com';

interface Zone {
  readonly name: string;
  readonly dnsName: string;
  readonly visibility?: string;
}
interface RecordSet {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly rrdatas?: readonly string[];
}

/**
 * Answers `googleapis.com` within the network with the addresses of private.googleapis.com, the only ones that pods may reach.
 * @see https://cloud.google.com/vpc/docs/configure-private-google-access
 */
export function privateZone(name: string, dnsName: string, network: string): Resource {
  return {
    id: `zone:${name}`,
    title: `DNS zone ${dnsName} within ${network}`,
    api,
    needs: [apisId, 'network'],
    wanted: { 'DNS name': dnsName, visibility: 'private' },
    async read(read) {
      const all = await read.json<readonly Zone[]>('dns', 'managed-zones', 'list');
      const found = all.find((one) => one.name === name);
      return (
        found && { fields: { 'DNS name': found.dnsName, visibility: (found.visibility ?? 'public').toLowerCase() } }
      );
    },
    create: () => [
      {
        words: [
          'dns',
          'managed-zones',
          'create',
          name,
          `--dns-name=${dnsName}`,
          `--description=Google APIs at private addresses`,
          '--visibility=private',
          `--networks=${network}`,
        ],
      },
    ],
    update: () => undefined,
    remove: () => [{ words: ['dns', 'managed-zones', 'delete', name] }],
    cost: { low: 0.2, high: 0.2 },
  };
}

/** A record of a zone. */
export function dnsRecord(zone: string, name: string, type: 'A' | 'CNAME', data: readonly string[]): Resource {
  const where = [name, `--zone=${zone}`, `--type=${type}`];
  const values = ['--ttl=300', `--rrdatas=${data.join(',')}`];
  return {
    id: `record:${zone}:${name}:${type}`,
    title: `DNS record ${type} ${name}`,
    api,
    needs: [`zone:${zone}`],
    wanted: { data, ttl: 300 },
    async read(read) {
      // A zone that is not there has no records; its list would be a failure.
      const zones = await read.json<readonly Zone[]>('dns', 'managed-zones', 'list');
      if (!zones.some((one) => one.name === zone)) return undefined;
      const all = await read.json<readonly RecordSet[]>('dns', 'record-sets', 'list', `--zone=${zone}`);
      const found = all.find((one) => one.name === name && one.type === type);
      return found && { fields: { data: [...(found.rrdatas ?? [])], ttl: found.ttl ?? 0 } };
    },
    create: () => [{ words: ['dns', 'record-sets', 'create', ...where, ...values] }],
    update: () => [{ words: ['dns', 'record-sets', 'update', ...where, ...values] }],
    remove: () => [{ words: ['dns', 'record-sets', 'delete', ...where] }],
  };
}
