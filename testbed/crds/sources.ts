import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { downloadModule, pinnedModule } from './go-module.ts';

/** The parts of a CustomResourceDefinition that its readers here need. */
export interface CrdDocument {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

export interface CrdOptions {
  /**
   * For the kinds that the folder of upstream CRDs defines, take those instead of ours and of the modules'.
   *
   * @default false
   */
  readonly upstream?: boolean;
  /**
   * Only the kinds of these API groups: `['argoproj.io']`.
   *
   * @default all
   */
  readonly groups?: readonly string[];
}

export class CrdSourceError extends Error {
  override readonly name = 'CrdSourceError';
}

interface ModuleCrds {
  readonly module: string;
  readonly folder: string;
  readonly crds: readonly string[];
}

const modules: readonly ModuleCrds[] = [
  {
    module: 'github.com/argoproj/argo-cd/v3',
    folder: 'manifests/crds',
    crds: ['applications.argoproj.io', 'appprojects.argoproj.io'],
  },
  {
    module: 'sigs.k8s.io/gateway-api',
    folder: 'config/crd/standard',
    crds: ['gateways.gateway.networking.k8s.io', 'httproutes.gateway.networking.k8s.io'],
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    folder: 'deploy/crds',
    crds: ['clustersecretstores.external-secrets.io', 'externalsecrets.external-secrets.io'],
  },
  {
    module: 'github.com/kubernetes-csi/external-snapshotter/client/v8',
    folder: 'config/crd',
    crds: ['volumesnapshotclasses.snapshot.storage.k8s.io', 'volumesnapshots.snapshot.storage.k8s.io'],
  },
];

// GKE's own kinds, which no module carries: written by hand beside this file.
const ownFolder = fileURLToPath(new URL('.', import.meta.url));

/** The CRDs of every custom kind that the project writes, sorted by name: what a test cluster installs. */
export async function crdDocuments({ upstream = false, groups }: CrdOptions = {}): Promise<CrdDocument[]> {
  // A CRD's name is its plural and its group.
  const isWanted = (name: string) => groups?.includes(name.slice(name.indexOf('.') + 1)) ?? true;
  const wantedModules = modules.filter(({ crds }) => crds.some(isWanted));
  const sources = await Promise.all([crdsIn(ownFolder), ...wantedModules.map(crdsOfModule)]);
  const upstreamCrds = upstream ? await upstreamDocuments() : [];
  return sources
    .flat()
    .filter(({ metadata }) => isWanted(metadata.name))
    .map((crd) => upstreamCrds.find(({ metadata }) => metadata.name === crd.metadata.name) ?? crd)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The folder of upstream CRDs: environment UPSTREAM_CRDS, else ../shared/data/crds beside the project, else none. */
export async function upstreamFolder(): Promise<string | undefined> {
  const beside = fileURLToPath(new URL('../../../shared/data/crds/', import.meta.url));
  const folder = process.env.UPSTREAM_CRDS ?? beside;
  const files = await readdir(folder).catch(() => []);
  if (process.env.UPSTREAM_CRDS !== undefined && files.length === 0) {
    throw new CrdSourceError(`UPSTREAM_CRDS names ${folder}, which has no files; point it at a folder of CRD YAML`);
  }
  return files.length === 0 ? undefined : folder;
}

async function upstreamDocuments(): Promise<readonly CrdDocument[]> {
  const folder = await upstreamFolder();
  if (folder === undefined) {
    throw new CrdSourceError('no folder of upstream CRDs; point UPSTREAM_CRDS at a folder of CRD YAML');
  }
  return crdsIn(folder);
}

/** From the user's cache, else from the Go module, which then fills the cache. */
async function crdsOfModule({ module, folder, crds }: ModuleCrds): Promise<readonly CrdDocument[]> {
  const pinned = await pinnedModule(module);
  const cacheHome = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const cache = join(cacheHome, 'ai-orchestra/testbed/crds', `${module.replaceAll('/', '_')}-${pinned.version}`);
  // JSON: the large ones take half a second to parse as YAML.
  const cached = (crd: string) => join(cache, `${crd}.json`);
  try {
    return await Promise.all(crds.map(async (crd) => JSON.parse(await readFile(cached(crd), 'utf8'))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const carried = await crdsIn(join(await downloadModule(pinned), folder));
  await mkdir(cache, { recursive: true });
  return Promise.all(
    crds.map(async (name) => {
      const crd = carried.find(({ metadata }) => metadata.name === name);
      if (crd === undefined) throw new CrdSourceError(`${name} is not in ${folder} of ${module} ${pinned.version}`);
      // Renamed into place, since several test processes may fill the cache at once.
      const draft = `${cached(name)}.${process.pid}`;
      await writeFile(draft, JSON.stringify(crd));
      await rename(draft, cached(name));
      return crd;
    }),
  );
}

async function crdsIn(folder: string): Promise<readonly CrdDocument[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()))
    .filter((document) => document?.kind === 'CustomResourceDefinition');
}
