import type { Caller } from './subject.ts';

/** Reads the operation until it is no longer running. */
export async function finished(caller: Caller, operationId: string) {
  for (;;) {
    const { body } = await caller.ask('getOperation', { params: { operationId } });
    if (body.status !== 'running') return body;
  }
}
