/** What Argo CD says about its Applications, and when it said so. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesClient, KubernetesResource } from '../kubernetes/client.ts';

/** The state of an Application. A field is empty while Argo CD has not said anything. */
export interface ApplicationState {
  readonly application: string;
  /** `Synced`, `OutOfSync`, `Unknown` */
  readonly sync: string;
  /** `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing`, `Unknown` */
  readonly health: string;
  /** Of the last operation: `Running`, `Succeeded`, `Failed`, `Error`, `Terminating` */
  readonly phase: string;
  /** The commit that `sync` compares the cluster with. */
  readonly revision: string;
  /** What the last operation and the conditions say. */
  readonly message: string;
}

export interface ApplicationEvent extends ApplicationState {
  /** When it was seen, in milliseconds as of `Date.now()`. */
  readonly time: number;
}

interface Status {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly operationState?: { readonly phase?: string; readonly message?: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
}

export function stateOf({ metadata, status }: KubernetesResource): ApplicationState {
  const { sync, health, operationState, conditions = [] } = (status ?? {}) as Status;
  return {
    application: metadata.name,
    sync: sync?.status ?? '',
    health: health?.status ?? '',
    phase: operationState?.phase ?? '',
    revision: sync?.revision ?? '',
    message: [operationState?.message, ...conditions.map(({ type, message }) => `${type}: ${message}`)]
      .filter(Boolean)
      .join('\n'),
  };
}

/** The state of every Application now, by the order of their names. */
export async function applications(client: KubernetesClient): Promise<readonly ApplicationState[]> {
  return (await client.list('argoproj.io/v1alpha1', 'Application')).map(stateOf);
}

export interface Wanted {
  /** The commit to be synced to. Default: any. */
  readonly revision?: string;
  /** Default: `Healthy`. */
  readonly health?: string;
  /** Default: 120. */
  readonly deadlineSeconds?: number;
}

/** Applications that were not in the wanted state in time. The message says what Argo CD says about them. */
export class NotSynced extends Error {
  override readonly name = 'NotSynced';
  readonly events: readonly ApplicationEvent[];

  constructor(seconds: number, waiting: readonly string[], events: readonly ApplicationEvent[]) {
    const lines = waiting.map((name) => {
      const last = events.findLast(({ application }) => application === name);
      if (!last) return `  ${name}: there is no such Application`;
      const { sync, health, phase, revision, message } = last;
      return `  ${name}: ${sync} ${health} ${phase} at ${revision || 'no revision'}: ${message.replaceAll('\n', '\n    ')}`;
    });
    super(`not synced after ${seconds} s:\n${lines.join('\n')}`);
    this.events = events;
  }
}

/**
 * Waits until the Applications are all at once synced, without an operation that runs, and of the wanted health.
 * @returns every change of their states that was seen, in the order of time, beginning with what they were at first.
 * Argo CD is asked four times a second: what lasts less may be missed. Throws NotSynced.
 */
export async function waitForSync(
  client: KubernetesClient,
  names: string | readonly string[],
  { revision, health = 'Healthy', deadlineSeconds = 120 }: Wanted = {},
): Promise<readonly ApplicationEvent[]> {
  const wanted = [names].flat();
  const isThere = (state: ApplicationState | undefined) =>
    state?.sync === 'Synced' &&
    state.health === health &&
    !['Running', 'Terminating'].includes(state.phase) &&
    (revision === undefined || state.revision === revision);
  const events: ApplicationEvent[] = [];
  const last = new Map<string, string>();
  const deadline = performance.now() + deadlineSeconds * 1_000;
  for (;;) {
    const states = (await applications(client)).filter(({ application }) => wanted.includes(application));
    const time = Date.now();
    for (const state of states) {
      const text = JSON.stringify(state);
      if (last.get(state.application) !== text) events.push({ time, ...state });
      last.set(state.application, text);
    }
    const waiting = wanted.filter((name) => !isThere(states.find(({ application }) => application === name)));
    if (waiting.length === 0) return events;
    if (performance.now() > deadline) throw new NotSynced(deadlineSeconds, waiting, events);
    await sleep(250);
  }
}
