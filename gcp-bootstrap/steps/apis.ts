import type { Resource } from '../engine/resource.ts';

/** Everything that the other steps and the charts call. Each is free; what it does may not be. */
export const apis = [
  'serviceusage',
  'cloudresourcemanager',
  'iam',
  'iamcredentials',
  'sts',
  'compute',
  'container',
  'containerfilesystem',
  'artifactregistry',
  'containerscanning',
  'secretmanager',
  'firestore',
  'storage',
  'cloudkms',
  'gkebackup',
  'binaryauthorization',
  'certificatemanager',
  'dns',
  'file',
  'iap',
  'monitoring',
  'logging',
  'billingbudgets',
].map((name) => `${name}.googleapis.com`);

export const apiId = (api: string) => `api:${api}`;

interface Service {
  readonly config?: { readonly name?: string };
  readonly name?: string;
}

/** Names of the APIs that are on. */
export const enabledApis = (services: readonly Service[]): ReadonlySet<string> =>
  new Set(services.map(({ config, name }) => config?.name ?? name?.split('/').at(-1) ?? ''));

/** The command that lists them; every run begins with it. */
export const listApis = ['services', 'list', '--enabled'] as const;

/** An API that is on. `destroy` leaves it: other things in the project may use it. */
export function api(name: string): Resource {
  return {
    id: apiId(name),
    title: `API ${name}`,
    needs: [],
    keep: { as: 'forever', because: 'an API costs nothing, and others may use it' },
    wanted: {},
    async read(read) {
      return enabledApis(await read.json<readonly Service[]>(...listApis)).has(name) ? { fields: {} } : undefined;
    },
    create: () => [{ words: ['services', 'enable', name], timeout: 300_000 }],
    update: () => [],
    remove: () => [],
  };
}
