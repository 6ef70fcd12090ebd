/** What a synthesis did, as a table for people and as JSON for programs. */
import Table from 'cli-table3';
import { unbuiltImages } from '../charts/images.ts';
import type { ReleaseOfProtection } from '../environments/releases-of-protection.ts';
import { type HeldCluster, promotionCommand } from './hold.ts';
import type { Difference } from './output.ts';
import { described } from './protected.ts';

/** What there is to say. */
export interface Report {
  readonly rendered: readonly HeldCluster[];
  readonly difference: Difference;
  /** Entries that have done their work. */
  readonly removableReleases: readonly ReleaseOfProtection[];
  /** Where the files are. */
  readonly folder: string;
  readonly milliseconds: number;
}

interface Row {
  readonly cluster: string;
  readonly application: string;
  readonly objects: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly folder: string;
}

/** One row for each application of each cluster. Requests are those of the pods that run at all times. */
function rows({ rendered, folder }: Report): Row[] {
  return rendered.flatMap(({ cluster, applications }) =>
    applications.map(({ name, objects, demand }) => ({
      cluster: cluster.folder,
      application: name,
      objects,
      cpuMillis: demand.cpuMillis,
      memoryBytes: demand.memory,
      storageBytes: demand.storage,
      folder: `${folder}/${cluster.folder}/${name}/`,
    })),
  );
}

const cores = (millis: number) => (millis === 0 ? '' : (millis / 1000).toFixed(2));
const gibibytes = (bytes: number) =>
  bytes === 0 ? '' : `${(bytes / 1024 ** 3).toFixed(bytes < 10 * 1024 ** 3 ? 1 : 0)} GiB`;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The table, with a line on what changed and one on what is missing. */
export function reportTable(report: Report): string {
  const { difference, milliseconds, rendered, folder } = report;
  const table = new Table({
    head: ['cluster', 'application', 'objects', 'CPU', 'memory', 'storage', 'written to'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  const all = rows(report);
  for (const cluster of rendered.map((one) => one.cluster.folder)) {
    const own = all.filter((row) => row.cluster === cluster);
    for (const row of own)
      table.push([
        cluster,
        row.application,
        row.objects,
        cores(row.cpuMillis),
        gibibytes(row.memoryBytes),
        gibibytes(row.storageBytes),
        row.folder,
      ]);
    const total = (pick: (row: Row) => number) => sum(own.map(pick));
    table.push([
      cluster,
      'all',
      total((row) => row.objects),
      cores(total((row) => row.cpuMillis)),
      gibibytes(total((row) => row.memoryBytes)),
      gibibytes(total((row) => row.storageBytes)),
      `${folder}/${cluster}/`,
    ]);
  }
  const { added, changed, removed } = difference;
  const objects = sum(rendered.flatMap(({ applications }) => applications.map((application) => application.objects)));
  const what =
    added.length + changed.length + removed.length === 0
      ? 'nothing changed'
      : `${added.length} files added, ${changed.length} changed, ${removed.length} removed`;
  const unbuilt = rendered.flatMap(({ cluster }) => (unbuiltImages(cluster).length > 0 ? [cluster.folder] : []));
  return [
    table.toString(),
    `${objects} objects for ${rendered.length} clusters in ${(milliseconds / 1000).toFixed(2)} s: ${what}.`,
    ...heldClusters(rendered).map(
      ({ cluster, applications, command }) =>
        `Held in ${cluster}, as promoted, whatever the charts say now: ${applications.join(', ')}. To have the changes: ${command}`,
    ),
    ...report.removableReleases.map(
      (entry) =>
        `environments/releases-of-protection.ts can lose the entry of ${described(entry)} in ${entry.cluster}: it is gone.`,
    ),
    ...(unbuilt.length > 0
      ? [
          `No release of our own images yet in ${unbuilt.join(', ')}: environments/releases/*.json take the digests of the first build.`,
        ]
      : []),
  ].join('\n');
}

/** The same as JSON. */
export function reportJson(report: Report): string {
  const { difference, milliseconds, rendered, removableReleases } = report;
  return JSON.stringify(
    {
      applications: rows(report),
      difference,
      held: heldClusters(rendered),
      removableReleases,
      milliseconds: Math.round(milliseconds),
    },
    null,
    2,
  );
}

const heldClusters = (rendered: readonly HeldCluster[]) =>
  rendered
    .filter(({ held }) => held.length > 0)
    .map(({ cluster, held }) => ({
      cluster: cluster.folder,
      applications: held,
      command: promotionCommand(cluster.environment.name),
    }));
