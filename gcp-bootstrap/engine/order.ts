/** Runs what depends on each other in order, and what does not at the same time. */

export interface Task {
  readonly id: string;
  readonly needs: readonly string[];
  /** Only one with the same name runs at a time. */
  readonly turn?: string;
}

export type Outcome<T extends Task> =
  | { readonly task: T; readonly state: 'done' }
  | { readonly task: T; readonly state: 'failed'; readonly error: unknown }
  /** Not begun, as what it needs failed. */
  | { readonly task: T; readonly state: 'skipped' };

/**
 * @param atOnce how many run at the same time
 * @returns an outcome for each, in the order in which they ended; after a failure, what does not need it still runs
 * @throws {TypeError} where tasks need each other in a circle, or what is not there
 */
export async function inOrder<T extends Task>(
  tasks: readonly T[],
  atOnce: number,
  run: (task: T) => Promise<void>,
): Promise<readonly Outcome<T>[]> {
  const waiting = new Map(tasks.map((task) => [task.id, task]));
  for (const { id, needs } of tasks)
    for (const need of needs) if (!waiting.has(need)) throw new TypeError(`${id} needs ${need}, which is not there`);
  const outcomes = new Map<string, Outcome<T>>();
  const running = new Map<string, Promise<void>>();
  const turns = new Set<string>();
  const begin = (task: T) => {
    waiting.delete(task.id);
    if (task.turn) turns.add(task.turn);
    const end = (outcome: Outcome<T>) => {
      outcomes.set(task.id, outcome);
      running.delete(task.id);
      if (task.turn) turns.delete(task.turn);
    };
    running.set(
      task.id,
      run(task).then(
        () => end({ task, state: 'done' }),
        (error: unknown) => end({ task, state: 'failed', error }),
      ),
    );
  };
  while (waiting.size > 0 || running.size > 0) {
    for (const task of [...waiting.values()]) {
      const before = task.needs.map((need) => outcomes.get(need)?.state);
      if (before.some((state) => state === 'failed' || state === 'skipped')) {
        waiting.delete(task.id);
        outcomes.set(task.id, { task, state: 'skipped' });
      } else if (
        running.size < atOnce &&
        before.every((state) => state === 'done') &&
        !(task.turn && turns.has(task.turn))
      )
        begin(task);
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.size > 0 && ![...waiting.values()].some(({ needs }) => needs.every((need) => outcomes.has(need))))
      throw new TypeError(`these need each other: ${[...waiting.keys()].join(', ')}`);
  }
  return [...outcomes.values()];
}
