/** Takes everything away, in the order in which nothing is left without what it needs, and looks at what is left. */
import { GcloudFailed } from '../gcloud/failure.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { type ApplyOptions, NeedsAPerson, settle } from './apply.ts';
import { inOrder, type Outcome, type Task } from './order.ts';
import { CannotRead } from './plan.ts';
import type { Found, Resource } from './resource.ts';

export interface Departure {
  readonly resource: Resource;
  readonly found: Found;
  /** Why it stays. */
  readonly kept?: string;
}

/**
 * What is there, and what of it stays.
 * @param deleteData whether what holds data goes too
 * @throws {CannotRead} with everything that could not be read
 */
export async function departures(
  resources: readonly Resource[],
  read: Reader,
  deleteData: boolean,
): Promise<readonly Departure[]> {
  const failures: { resource: Resource; failure: GcloudFailed }[] = [];
  const all = await Promise.all(
    resources.map(async (resource): Promise<Departure | undefined> => {
      try {
        const isThere = resource.api === undefined || read.isEnabled(resource.api);
        const found = isThere ? await resource.read(read) : undefined;
        if (found === undefined || found.deleted) return undefined;
        const { keep } = resource;
        const stays = keep && (keep.as === 'forever' || !deleteData);
        return { resource, found, ...(stays && { kept: keep.because }) };
      } catch (error) {
        if (!(error instanceof GcloudFailed)) throw error;
        failures.push({ resource, failure: error });
        return undefined;
      }
    }),
  );
  if (failures.length > 0) throw new CannotRead(failures);
  const there = all.filter((one) => one !== undefined);
  return withWhatTheyNeed(there);
}

/** What stays keeps what it needs. */
function withWhatTheyNeed(there: readonly Departure[]): readonly Departure[] {
  const byId = new Map(there.map((one) => [one.resource.id, one]));
  const keep = (id: string, because: string) => {
    const one = byId.get(id);
    if (one === undefined) return;
    if (one.kept === undefined) byId.set(id, { ...one, kept: because });
    for (const need of one.resource.needs)
      if (byId.get(need)?.kept === undefined) keep(need, `${one.resource.title} needs it`);
  };
  for (const { resource, kept } of there) if (kept !== undefined) keep(resource.id, kept);
  return [...byId.values()];
}

interface Removal extends Task {
  readonly departure: Departure;
}

/** Removes what does not stay: the other way round than it was made. */
export async function destroy(
  gcloud: Gcloud,
  leaving: readonly Departure[],
  options: ApplyOptions,
): Promise<readonly Outcome<Removal>[]> {
  const going = leaving.filter(({ kept }) => kept === undefined);
  const goingIds = new Set(going.map(({ resource }) => resource.id));
  const tasks = going.map(
    (departure): Removal => ({
      id: departure.resource.id,
      needs: going
        .filter(({ resource }) => resource.needs.includes(departure.resource.id))
        .map(({ resource }) => resource.id),
      ...(departure.resource.policy && { turn: 'policy' }),
      departure,
    }),
  );
  return inOrder(tasks, 4, async ({ departure: { resource, found } }) => {
    const { id, title } = resource;
    const goesWithAnother = resource.partOf !== undefined && goingIds.has(resource.partOf);
    const commands = goesWithAnother ? [] : resource.remove(found);
    if (commands.length === 0) return;
    const started = performance.now();
    options.tell({ state: 'begun', id, title, doing: 'deleting' });
    try {
      if (found.busy !== undefined) await settle(gcloud, resource, options);
      for (const command of commands) await gcloud.run(options.adapt?.(command) ?? command);
      if (resource.returnsEarly) await gone(gcloud, resource, options);
      options.tell({ state: 'done', id, title, doing: 'deleting', seconds: (performance.now() - started) / 1000 });
    } catch (error) {
      const why = (error as Error).message;
      const seconds = (performance.now() - started) / 1000;
      options.tell({ state: 'failed', id, title, doing: 'deleting', seconds, why });
      throw error;
    }
  });
}

async function gone(gcloud: Gcloud, resource: Resource, { interval = 5000 }: Pick<ApplyOptions, 'interval'>) {
  const deadline = performance.now() + 30 * 60_000;
  for (;;) {
    const found = await resource.read(new Reader(gcloud));
    if (found === undefined || found.deleted) return;
    if (performance.now() > deadline) throw new NeedsAPerson('is still there half an hour after it was deleted');
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
