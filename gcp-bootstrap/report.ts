/** Plans and outcomes for people; JSON has the same. */
import type { Departure } from './engine/destroy.ts';
import type { Outcome, Task } from './engine/order.ts';
import type { Action, Planned } from './engine/plan.ts';
import type { Progress } from './engine/progress.ts';
import type { Value } from './engine/resource.ts';
import { typed } from './gcloud/command.ts';
import { GcloudFailed } from './gcloud/failure.ts';
import { type CostRange, pricesOf, total } from './price.ts';

const words: Readonly<Record<Action, string>> = {
  none: 'as it is',
  create: 'create',
  restore: 'restore',
  update: 'change',
  replace: 'REPLACE',
  wait: 'wait for',
};

const shown = (value: Value | undefined): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

/** What would be done, field by field, and what it costs. */
export function planText(planned: readonly Planned[]): string {
  const todo = planned.filter(({ action }) => action !== 'none');
  const lines = todo.flatMap(({ resource, action, changes }) => [
    `${words[action].padEnd(8)} ${resource.title}`,
    ...(action === 'create'
      ? Object.entries(resource.wanted).map(([field, value]) => `           ${field}: ${shown(value)}`)
      : changes.map(({ field, before, after }) => `           ${field}: ${shown(before)} → ${shown(after)}`)),
  ]);
  const counts = (Object.keys(words) as Action[])
    .map((action) => [planned.filter((one) => one.action === action).length, words[action]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} to ${word}`.replace('to as it is', 'as they should be'));
  return [...lines, ...(lines.length > 0 ? [''] : []), `${counts.join(', ')}.`, costText(planned)].join('\n');
}

export interface Costs {
  readonly before: CostRange;
  readonly after: CostRange;
  readonly pricesOf: string;
}

export function costsOf(planned: readonly Planned[]): Costs {
  const cost = ({ resource }: Planned) => ({ title: resource.title, cost: resource.cost });
  const there = planned.filter(({ found }) => found !== undefined && !found.deleted);
  return { before: total(there.map(cost)), after: total(planned.map(cost)), pricesOf };
}

const usd = (amount: number) => `$${Math.round(amount)}`;
const range = ({ low, high }: CostRange) => `${usd(low)} to ${usd(high)}`;

function costText(planned: readonly Planned[]): string {
  const { before, after } = costsOf(planned);
  const delta = before.high === after.high && before.low === after.low ? 'as now' : `now ${range(before)}`;
  const unknown = after.unknown.length > 0 ? ` No price is known for: ${after.unknown.join(', ')}.` : '';
  return [
    `Costs ${range(after)} a month (${delta}): the smallest cluster with discounts, the largest at list prices of ${pricesOf}.`,
    `Traffic, disks of the stores, logs, metrics and language models are not in it.${unknown}`,
  ].join('\n');
}

export const planJson = (planned: readonly Planned[]) => ({
  changes: planned
    .filter(({ action }) => action !== 'none')
    .map(({ resource, action, changes, commands }) => ({
      id: resource.id,
      title: resource.title,
      action,
      ...(action === 'create' && { wanted: resource.wanted }),
      changes,
      commands: commands.map((command) => typed(command)),
    })),
  unchanged: planned.filter(({ action }) => action === 'none').map(({ resource }) => resource.id),
  costs: costsOf(planned),
});

const clock = (seconds: number) =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

/** One line for each step as it begins and ends. */
export function progressLine(progress: Progress): string {
  switch (progress.state) {
    case 'begun':
      return `…  ${progress.doing} ${progress.title}`;
    case 'done':
      return `ok ${progress.title} (${progress.doing}, ${clock(progress.seconds)})`;
    case 'failed':
      return `!! ${progress.title} (${progress.doing}, ${clock(progress.seconds)})`;
    case 'skipped':
      return `-- ${progress.title}: ${progress.why}`;
  }
}

interface Failed {
  readonly id: string;
  readonly step: string;
  readonly command?: string;
  readonly said: string;
  readonly fix: string;
}

/** Every failure with its step, its command, what Google said, and what to do. */
export function failuresOf(outcomes: readonly Outcome<Task>[], title: (id: string) => string): Failed[] {
  return outcomes.flatMap((outcome) =>
    outcome.state === 'failed' ? [failureOf(outcome.task.id, title(outcome.task.id), outcome.error)] : [],
  );
}

export function failureOf(id: string, step: string, error: unknown): Failed {
  if (error instanceof GcloudFailed) return { id, step, command: error.command, said: error.said, fix: error.fix };
  return {
    id,
    step,
    said: (error as Error).message,
    fix: 'Mend it, and run the command again: it goes on from there.',
  };
}

export const failureText = ({ step, command, said, fix }: Failed) =>
  [
    step,
    ...(command ? [`  command  ${command}`] : []),
    `  said     ${said.trim().split('\n').join('\n           ') || 'nothing'}`,
    `  to do    ${fix}`,
  ].join('\n');

/** What stays and why, and what goes. */
export function departuresText(all: readonly Departure[]): string {
  if (all.length === 0) return 'Nothing of this environment is there.';
  const going = all.filter(({ kept }) => kept === undefined);
  const staying = all.filter(({ kept }) => kept !== undefined);
  return [
    ...going.map(({ resource }) => `delete   ${resource.title}`),
    ...staying.map(({ resource, kept }) => `keep     ${resource.title}: ${kept}`),
    `${going.length} to delete, ${staying.length} to keep.`,
  ].join('\n');
}
