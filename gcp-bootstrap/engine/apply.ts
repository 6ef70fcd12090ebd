/** Makes the cloud as planned: each step reads again before it changes anything, so that a run goes on where another stopped. */
import type { Command } from '../gcloud/command.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { inOrder, type Outcome, type Task } from './order.ts';
import { type Planned, planOne } from './plan.ts';
import type { Tell } from './progress.ts';
import type { Resource } from './resource.ts';

/** Steps at the same time: gcloud is a process of 100 MB each, and Google's own operations are what takes long. */
const AT_ONCE = 4;
/** Longest wait for what goes on in Google Cloud after a command: a regional cluster takes some ten minutes. */
const LONGEST_WAIT = 45 * 60_000;

export interface ApplyOptions {
  readonly tell: Tell;
  /** Changes a command before it runs, such as by leaving out flags that this gcloud lacks. @default as it is */
  readonly adapt?: (command: Command) => Command;
  /** Milliseconds between two looks at what is under way. @default 5,000 */
  readonly interval?: number;
}

/** Something is not as it was planned, and only a person can say what is right. */
export class NeedsAPerson extends Error {
  override readonly name = 'NeedsAPerson';
}

export interface Step extends Task {
  readonly planned: Planned;
}

/** @returns how each step ended; those of `none` are not among them */
export async function apply(
  gcloud: Gcloud,
  planned: readonly Planned[],
  options: ApplyOptions,
): Promise<readonly Outcome<Step>[]> {
  const todo = planned.filter(({ action }) => action !== 'none');
  const ids = new Set(todo.map(({ resource }) => resource.id));
  const steps = todo.map(
    (one): Step => ({
      id: one.resource.id,
      // What is as it should be is not waited for.
      needs: one.resource.needs.filter((need) => ids.has(need)),
      ...(one.resource.policy && { turn: 'policy' }),
      planned: one,
    }),
  );
  const outcomes = await inOrder(steps, AT_ONCE, (step) => applyStep(gcloud, step, options));
  for (const { state, task } of outcomes)
    if (state === 'skipped')
      options.tell({ state, id: task.id, title: task.planned.resource.title, why: 'what it needs failed' });
  return outcomes;
}

const doing: Readonly<Record<Planned['action'], string>> = {
  none: 'is as wanted',
  create: 'creating',
  restore: 'restoring',
  update: 'updating',
  replace: 'replacing',
  wait: 'waiting for',
};

async function applyStep(gcloud: Gcloud, { planned }: Step, options: ApplyOptions): Promise<void> {
  const { resource } = planned;
  const { id, title } = resource;
  const what = doing[planned.action];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  options.tell({ state: 'begun', id, title, doing: what });
  try {
    await reach(gcloud, resource, planned, options);
    options.tell({ state: 'done', id, title, doing: what, seconds: seconds() });
  } catch (error) {
    options.tell({ state: 'failed', id, title, doing: what, seconds: seconds(), why: (error as Error).message });
    throw error;
  }
}

/** Runs what is planned, then what is still missing: a resource that was just made may lack what only an update can set. */
async function reach(gcloud: Gcloud, resource: Resource, first: Planned, options: ApplyOptions): Promise<void> {
  let next = first;
  for (let round = 0; round < 3; round++) {
    if (next.action === 'none') return;
    if (next.action === 'replace') throw new NeedsAPerson(replaceAdvice(next));
    for (const command of next.commands) await gcloud.run(options.adapt?.(command) ?? command);
    await settle(gcloud, resource, options);
    next = await planOne(resource, new Reader(gcloud));
  }
  if (next.action !== 'none')
    throw new NeedsAPerson(
      `still differs after its commands: ${next.changes.map(({ field }) => field).join(', ') || next.action}`,
    );
}

const replaceAdvice = ({ resource, changes }: Planned) =>
  `${changes.map(({ field, before, after }) => `${field} is ${JSON.stringify(before)} and is to be ${JSON.stringify(after)}`).join('; ')}: this can only be had by deleting it and making it anew. Take the setting back, or delete ${resource.title} yourself and run apply again.`;

/** Waits until Google has done what gcloud began, or what an earlier run began. */
export async function settle(gcloud: Gcloud, resource: Resource, { interval = 5000 }: Pick<ApplyOptions, 'interval'>) {
  const deadline = performance.now() + LONGEST_WAIT;
  for (;;) {
    const read = new Reader(gcloud);
    const found = await resource.read(read);
    const done = (await resource.settled?.(read)) ?? true;
    if (found !== undefined && found.busy === undefined && !found.deleted && done) return;
    if (performance.now() > deadline)
      throw new NeedsAPerson(`is still ${found?.busy ?? 'not there'} after ${LONGEST_WAIT / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
