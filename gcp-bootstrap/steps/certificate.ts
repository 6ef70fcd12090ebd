import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'certificatemanager.googleapis.com';
const leaf = (name: string) => name.split('/').at(-1) ?? '';

interface Named {
  readonly name: string;
}
interface Certificate extends Named {
  readonly managed?: { readonly domains?: readonly string[]; readonly state?: string };
}
interface MapEntry extends Named {
  readonly hostname?: string;
  readonly certificates?: readonly string[];
}

/** Proves by DNS that the domain is ours: the certificate is there before anything answers at it. */
export function dnsAuthorization(name: string, domain: string): Resource {
  return {
    id: 'dns-authorization',
    title: `DNS authorization of ${domain}`,
    api,
    needs: [apisId],
    wanted: { domain },
    async read(read) {
      const all = await read.json<readonly (Named & { readonly domain?: string })[]>(
        'certificate-manager',
        'dns-authorizations',
        'list',
      );
      const found = all.find((one) => leaf(one.name) === name);
      return found && { fields: { domain: found.domain ?? '' } };
    },
    create: () => [{ words: ['certificate-manager', 'dns-authorizations', 'create', name, `--domain=${domain}`] }],
    update: () => undefined,
    remove: () => [{ words: ['certificate-manager', 'dns-authorizations', 'delete', name] }],
  };
}

/** Made and renewed by Google, once the record of the authorization is in DNS. */
export function certificate(name: string, domain: string, authorization: string): Resource {
  return {
    id: 'certificate',
    title: `certificate of ${domain}`,
    api,
    needs: ['dns-authorization'],
    wanted: { domains: [domain] },
    async read(read) {
      const all = await read.json<readonly Certificate[]>('certificate-manager', 'certificates', 'list');
      const found = all.find((one) => leaf(one.name) === name);
      return found && { fields: { domains: [...(found.managed?.domains ?? [])] } };
    },
    create: () => [
      {
        words: [
          'certificate-manager',
          'certificates',
          'create',
          name,
          `--domains=${domain}`,
          `--dns-authorizations=${authorization}`,
        ],
      },
    ],
    update: () => undefined,
    remove: () => [{ words: ['certificate-manager', 'certificates', 'delete', name] }],
  };
}

/** What the Gateway names: certificates by host name. */
export function certificateMap(name: string): Resource {
  return {
    id: 'certificate-map',
    title: `certificate map ${name}`,
    api,
    needs: [apisId],
    wanted: {},
    async read(read) {
      const all = await read.json<readonly Named[]>('certificate-manager', 'maps', 'list');
      return all.some((one) => leaf(one.name) === name) ? { fields: {} } : undefined;
    },
    create: () => [{ words: ['certificate-manager', 'maps', 'create', name] }],
    update: () => [],
    remove: () => [{ words: ['certificate-manager', 'maps', 'delete', name] }],
  };
}

export function certificateMapEntry(name: string, map: string, domain: string, certificateName: string): Resource {
  const where = [name, `--map=${map}`];
  return {
    id: 'certificate-map-entry',
    title: `${domain} in certificate map ${map}`,
    api,
    needs: ['certificate-map', 'certificate'],
    wanted: { host: domain, certificates: [certificateName] },
    async read(read) {
      const maps = await read.json<readonly Named[]>('certificate-manager', 'maps', 'list');
      if (!maps.some((one) => leaf(one.name) === map)) return undefined;
      const all = await read.json<readonly MapEntry[]>(
        'certificate-manager',
        'maps',
        'entries',
        'list',
        `--map=${map}`,
      );
      const found = all.find((one) => leaf(one.name) === name);
      return found && { fields: { host: found.hostname ?? '', certificates: (found.certificates ?? []).map(leaf) } };
    },
    create: () => [
      {
        words: [
          'certificate-manager',
          'maps',
          'entries',
          'create',
          ...where,
          `--hostname=${domain}`,
          `--certificates=${certificateName}`,
        ],
      },
    ],
    update: (changes) =>
      changes.some(({ field }) => field === 'host')
        ? undefined
        : [
            {
              words: [
                'certificate-manager',
                'maps',
                'entries',
                'update',
                ...where,
                `--certificates=${certificateName}`,
              ],
            },
          ],
    remove: () => [{ words: ['certificate-manager', 'maps', 'entries', 'delete', ...where] }],
  };
}
