/** Makes the cloud as planned. There is no state but the cloud's own, so a run goes on where another stopped. */
import type { Command } from '../gcloud/command.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { inOrder, type Outcome, type Task } from './order.ts';
import { CannotRead, type Planned, plan } from './plan.ts';
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

/** How often what still differs is taken up again: what was just made may lack what only an update can set. */
const ROUNDS = 3;

/**
 * Does what is planned, looks at it again, and takes up what still differs.
 * @returns how each step ended; those of `none` are not among them
 */
export async function apply(
  gcloud: Gcloud,
  planned: readonly Planned[],
  options: ApplyOptions,
): Promise<readonly Outcome<Step>[]> {
  const ended = new Map<string, Outcome<Step>>();
  let todo = planned.filter(({ action }) => action !== 'none');
  for (let round = 1; todo.length > 0; round++) {
    const outcomes = await once(gcloud, todo, options);
    for (const outcome of outcomes) ended.set(outcome.task.id, outcome);
    const done = outcomes.filter(({ state }) => state === 'done').map(({ task }) => task);
    const { differ, unread } = await lookAgain(gcloud, done);
    for (const { task, error } of unread) ended.set(task.id, { task, state: 'failed', error });
    if (round === ROUNDS) {
      for (const { task, error } of differ.map(stillDiffers)) ended.set(task.id, { task, state: 'failed', error });
      break;
    }
    todo = differ;
  }
  return [...ended.values()];
}

/** Each step in its order, once. */
async function once(
  gcloud: Gcloud,
  todo: readonly Planned[],
  options: ApplyOptions,
): Promise<readonly Outcome<Step>[]> {
  const ids = new Set(todo.map(({ resource }) => resource.id));
  const restored = new Set(todo.filter(({ action }) => action === 'restore').map(({ resource }) => resource.id));
  const steps = todo.map((planned) => ({
    ...stepOf(planned),
    // What is as it should be is not waited for.
    needs: planned.resource.needs.filter((need) => ids.has(need)),
  }));
  const outcomes = await inOrder(steps, AT_ONCE, async (step) => {
    // What is in something that was deleted shows when that is back.
    const hidden = step.needs.some((need) => restored.has(need));
    const [now] = hidden ? await plan([step.planned.resource], new Reader(gcloud)) : [step.planned];
    if (now !== undefined && now.action !== 'none') await applyStep(gcloud, { ...step, planned: now }, options);
  });
  for (const { state, task } of outcomes)
    if (state === 'skipped')
      options.tell({ state, id: task.id, title: task.planned.resource.title, why: 'what it needs failed' });
  return outcomes;
}

const stepOf = (planned: Planned): Step => ({
  id: planned.resource.id,
  needs: planned.resource.needs,
  ...(planned.resource.policy && { turn: 'policy' }),
  planned,
});

/** Reads what was done, with the few calls that lists need. */
async function lookAgain(gcloud: Gcloud, done: readonly Step[]) {
  const resources = done.map(({ planned }) => planned.resource);
  try {
    const again = await plan(resources, new Reader(gcloud));
    return { differ: again.filter(({ action }) => action !== 'none'), unread: [] };
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error;
    const unread = error.failures.flatMap(({ resource, failure }) =>
      done.filter(({ id }) => id === resource.id).map((task) => ({ task, error: failure })),
    );
    return { differ: [], unread };
  }
}

const stillDiffers = (planned: Planned) => ({
  task: stepOf(planned),
  error: new NeedsAPerson(
    `still differs after its commands: ${planned.changes.map(({ field }) => field).join(', ') || planned.action}`,
  ),
});

const doing: Readonly<Record<Planned['action'], string>> = {
  none: 'is as wanted',
  create: 'creating',
  restore: 'restoring',
  update: 'updating',
  replace: 'replacing',
  wait: 'waiting for',
};

async function applyStep(gcloud: Gcloud, { planned }: Step, options: ApplyOptions): Promise<void> {
  const { resource, action, commands } = planned;
  const { id, title } = resource;
  const what = doing[action];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  options.tell({ state: 'begun', id, title, doing: what });
  try {
    if (action === 'replace') throw new NeedsAPerson(replaceAdvice(planned));
    for (const command of commands) await gcloud.run(options.adapt?.(command) ?? command);
    if (action === 'wait' || resource.returnsEarly) await settle(gcloud, resource, options);
    options.tell({ state: 'done', id, title, doing: what, seconds: seconds() });
  } catch (error) {
    options.tell({ state: 'failed', id, title, doing: what, seconds: seconds(), why: (error as Error).message });
    throw error;
  }
}

const replaceAdvice = ({ resource, changes }: Planned) =>
  `${changes.map(({ field, before, after }) => `${field} is ${JSON.stringify(before)} and is to be ${JSON.stringify(after)}`).join('; ')}: this can only be had by deleting it and making it anew. Take the setting back, or delete ${resource.title} yourself and run apply again.`;

/** Waits until Google has done what gcloud began, or what an earlier run began. */
export async function settle(gcloud: Gcloud, resource: Resource, { interval = 5000 }: Pick<ApplyOptions, 'interval'>) {
  const deadline = performance.now() + LONGEST_WAIT;
  for (;;) {
    const found = await resource.read(new Reader(gcloud));
    if (found !== undefined && found.busy === undefined && !found.deleted) return;
    if (performance.now() > deadline)
      throw new NeedsAPerson(`is still ${found?.busy ?? 'not there'} after ${LONGEST_WAIT / 60_000} minutes`);
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
