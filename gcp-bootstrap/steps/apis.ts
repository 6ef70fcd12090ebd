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

/** Id of the step that switches them on. */
export const apisId = 'apis';

interface Service {
  readonly config?: { readonly name?: string };
  readonly name?: string;
}

/** Names of the APIs that are on. */
export const enabledApis = (services: readonly Service[]): ReadonlySet<string> =>
  new Set(services.map(({ config, name }) => config?.name ?? name?.split('/').at(-1) ?? ''));

/** The command that lists them; every run begins with it. */
export const listApis = ['services', 'list', '--enabled'] as const;

/** Services that one request may name. @see https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable */
const AT_MOST = 20;

/** APIs that are on. `destroy` leaves them: other things in the project may use them. */
export const enabled: Resource = {
  id: apisId,
  title: 'APIs',
  needs: [],
  keep: { as: 'forever', because: 'an API costs nothing, and others may use it' },
  wanted: Object.fromEntries(apis.map((name) => [name, 'on'])),
  async read(read) {
    const on = enabledApis(await read.json<readonly Service[]>(...listApis));
    return { fields: Object.fromEntries(apis.map((name) => [name, on.has(name) ? 'on' : 'off'])) };
  },
  // A project always has a list of them.
  create: () => [],
  update: (changes) => {
    const names = changes.map(({ field }) => field);
    const parts = Math.ceil(names.length / AT_MOST);
    return Array.from({ length: parts }, (_, part) => ({
      words: ['services', 'enable', ...names.slice(part * AT_MOST, (part + 1) * AT_MOST)],
      timeout: 300_000,
    }));
  },
  remove: () => [],
};
