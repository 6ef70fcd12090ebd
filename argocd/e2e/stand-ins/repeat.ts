import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException } from '@kubernetes/client-node';

/** What does the work of a controller that no process of this machine can be. */
export interface StandIn {
  /** Ends after the turn that runs. Idempotent. */
  stop(): Promise<void>;
}

/** Another was faster, or the API server still makes room for a new kind: the next turn sees it. */
const isOvertaken = (error: unknown) => error instanceof ApiException && [404, 409, 429].includes(error.code);

/**
 * Takes turns until stopped, two a second. An error is told on standard error, and the next turn tries again.
 * @param name of the controller it stands for, as errors name it
 */
export function repeat(name: string, turn: () => Promise<void>): StandIn {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await turn().catch((error: Error) => {
        if (!isOvertaken(error)) console.error(`${name}: ${error.message}`);
      });
      await sleep(500, undefined, { ref: false, signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
