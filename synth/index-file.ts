/**
 * `dist/<cluster>/index.json`: what is in the folder, and which chart file and construct made each file. In a cluster of a held
 * environment it also has the digest of each file: what is not rendered again is checked against it.
 */
import { hash } from 'node:crypto';
import * as z from 'zod';
import { type ApplicationName, applicationWaves } from '../charts/lib/application.ts';
import type { System } from '../charts/lib/system.ts';
import type { RenderedFile } from './render.ts';

const file = z.strictObject({ source: z.string(), construct: z.string(), sha256: z.string().optional() });
const index = z.strictObject({
  cluster: z.string(),
  environment: z.string(),
  region: z.string(),
  applications: z.record(z.string(), z.strictObject({ wave: z.int() })),
  files: z.record(z.string(), file),
});

/** Where a file came from: the chart file and the construct; `sha256` of its text, where the environment is held. */
export type IndexedFile = z.output<typeof file>;

/** The index of a cluster's folder: application to its sync wave, file below the folder to where it came from. */
export type ClusterIndex = z.output<typeof index>;

/** Path of a cluster's index below dist/. */
export const indexPath = (cluster: string) => `${cluster}/index.json`;

/** What an index says; undefined where the text is none. */
export function parseIndex(text: string): ClusterIndex | undefined {
  try {
    return index.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The text by which a file is recognised: 64 hexadecimal digits. */
export const sha256 = (text: string) => hash('sha256', text, 'hex');

/** The index of what was rendered. */
export function clusterIndex({ cluster }: System, files: readonly RenderedFile[]): ClusterIndex {
  const { folder, environment, region, release } = cluster;
  const names = new Set(files.map(({ path }) => path.split('/')[1] as ApplicationName));
  return {
    cluster: folder,
    environment: environment.name,
    region: region.location,
    applications: Object.fromEntries([...names].map((name) => [name, { wave: applicationWaves[name] }])),
    files: Object.fromEntries(
      files.map(({ path, source, construct, text }) => [
        path.slice(folder.length + 1),
        { source, construct, ...(release.promotion && { sha256: sha256(text) }) },
      ]),
    ),
  };
}

/** The first index, with the lines of some applications as the second has them. */
export function merge(fresh: ClusterIndex, old: ClusterIndex | undefined, stays: readonly string[]): ClusterIndex {
  const pick = <T>(map: Readonly<Record<string, T>> | undefined, want: boolean) =>
    Object.entries(map ?? {}).filter(([key]) => stays.includes(key.split('/')[0] ?? '') === want);
  return {
    ...fresh,
    applications: Object.fromEntries([...pick(fresh.applications, false), ...pick(old?.applications, true)]),
    files: Object.fromEntries([...pick(fresh.files, false), ...pick(old?.files, true)]),
  };
}

/** The text of an index, one line a file, so that git shows a change as one line. */
export function indexText({ cluster, environment, region, applications, files }: ClusterIndex): string {
  const lines = (map: Readonly<Record<string, unknown>>) =>
    Object.keys(map)
      .sort()
      .map((key) => `    ${JSON.stringify(key)}: ${JSON.stringify(map[key])}`)
      .join(',\n');
  return `{
  "cluster": ${JSON.stringify(cluster)},
  "environment": ${JSON.stringify(environment)},
  "region": ${JSON.stringify(region)},
  "applications": {
${lines(applications)}
  },
  "files": {
${lines(files)}
  }
}
`;
}
