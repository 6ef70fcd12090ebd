/** `dist/<cluster>/index.json`: what is in the folder, and which chart file and construct made each file. */
import { type ApplicationName, applicationWaves } from '../charts/lib/application.ts';
import type { System } from '../charts/lib/system.ts';
import type { RenderedFile } from './render.ts';

/** The index of a cluster's folder. */
export interface ClusterIndex {
  readonly cluster: string;
  readonly environment: string;
  readonly region: string;
  /** Application to its sync wave. */
  readonly applications: Readonly<Partial<Record<ApplicationName, { readonly wave: number }>>>;
  /** File below the folder to where it came from. */
  readonly files: Readonly<Record<string, { readonly source: string; readonly construct: string }>>;
}

/** The text of the index, one line a file, so that git shows a change as one line. */
export function indexFile(
  system: System,
  files: readonly RenderedFile[],
): { readonly path: string; readonly text: string } {
  const { folder, environment, region } = system.cluster;
  const names = [...new Set(files.map(({ path }) => path.split('/')[1] as ApplicationName))].sort();
  const line = (key: string, value: unknown) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const applications = names.map((name) => line(name, { wave: applicationWaves[name] }));
  const sources = files
    .map(({ path, source, construct }) => [path.slice(folder.length + 1), { source, construct }] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, origin]) => line(path, origin));
  return {
    path: `${folder}/index.json`,
    text: `{
  "cluster": ${JSON.stringify(folder)},
  "environment": ${JSON.stringify(environment.name)},
  "region": ${JSON.stringify(region.location)},
  "applications": {
${applications.join(',\n')}
  },
  "files": {
${sources.join(',\n')}
  }
}
`,
  };
}
