/** What a promotion or a rollback would do: the record, the files, and what that changes. Nothing is written here. */
import { join } from 'node:path';
import { clusters, written } from '../environments/index.ts';
import { recordText, releaseRecords } from '../environments/releases.ts';
import { parseReleasesOfProtection } from '../environments/releases-of-protection.ts';
import type { Environment } from '../environments/schema.ts';
import { type ObjectChange, objectChanges } from '../review/object-changes.ts';
import type { Committed } from '../synth/committed.ts';
import { type HeldCluster, hold } from '../synth/hold.ts';
import { compare, type Difference, isEmpty, type OutputFile } from '../synth/output.ts';
import { refuseDepartures, startListingBefore } from '../synth/protected.ts';
import { synthesise } from '../synth/synthesise.ts';
import type { HeldRelease } from './history.ts';
import { clustersOf, type State, withClusters } from './state.ts';

type EnvironmentName = Environment['name'];

/** What is to be done, before it is rendered. */
export interface Intention {
  readonly kind: 'promotion' | 'rollback';
  readonly to: EnvironmentName;
  readonly before: HeldRelease;
  readonly after: HeldRelease;
  /** The applications that are taken. */
  readonly applications: readonly string[];
  /** What is kept where the charts are not those of the record. */
  readonly committed: Committed;
  /** What a reader should know beside the changes. */
  readonly notes: readonly string[];
}

/** An intention and what comes of it. */
export interface Plan extends Intention {
  /** The text of the record. */
  readonly record: string;
  /** All of dist/. */
  readonly files: readonly OutputFile[];
  readonly difference: Difference;
  readonly changes: readonly ObjectChange[];
  /** Applications by cluster that the charts would change and this does not take. */
  readonly stillHeld: Readonly<Record<string, readonly string[]>>;
}

/** @throws InvalidInput where an object that holds data would leave, or a held file is not what it was */
export async function plan(state: State, intention: Intention): Promise<Plan> {
  const { root } = state;
  const { to, after, committed } = intention;
  const listing = startListingBefore(root);
  const record = recordText(after);
  const targets = clusters(written, { ...releaseRecords, [to]: JSON.parse(record) }).filter(
    ({ environment }) => environment.name === to,
  );
  const settled = hold(synthesise(root, targets), committed, () => state.generator);
  const files = withClusters(state, settled);
  const difference = compare(join(root, 'dist'), files);
  const before = clustersOf(state, to).flatMap((cluster) => cluster.files);
  const changedPaths = new Set([...difference.changed, ...difference.removed]);
  await refuseDepartures(
    root,
    { disk: () => before.filter(({ path }) => changedPaths.has(path)), committed: listing, after: files },
    parseReleasesOfProtection(),
  );
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const pick = (paths: readonly string[], from: ReadonlyMap<string, string>) =>
    paths.map((path) => ({ path, text: from.get(path) ?? '' }));
  const old = new Map(before.map(({ path, text }) => [path, text]));
  return {
    ...intention,
    record,
    files,
    difference,
    changes: await objectChanges(
      pick([...difference.changed, ...difference.removed], old),
      pick([...difference.added, ...difference.changed], texts),
    ),
    stillHeld: heldBy(settled),
  };
}

const heldBy = (settled: readonly HeldCluster[]) =>
  Object.fromEntries(settled.flatMap(({ cluster, held }) => (held.length > 0 ? [[cluster.folder, held]] : [])));

/** Whether neither a file nor an application or a digest of the record changes. */
export const isNothing = ({ before, after, difference }: Plan) =>
  isEmpty(difference) &&
  JSON.stringify([before.images, before.versions, before.promotion.applications]) ===
    JSON.stringify([after.images, after.versions, after.promotion.applications]);
