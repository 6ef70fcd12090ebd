import { readFile } from 'node:fs/promises';
import type { Caller } from '@ai-orchestra/mcp-kit';
import { createMemoryClient, type MemoryClient, MemoryUnreachable } from '@ai-orchestra/memory/client';
import type { MemoryServerConfig } from '../config.ts';
import { type Reach, reachOf } from './reach.ts';
import { refusalOf } from './refusals.ts';

type OperationId = keyof MemoryClient;
type Input<Id extends OperationId> = NonNullable<Parameters<MemoryClient[Id]>[0]>;

/** Who asks, and for how long. */
export interface Asking {
  readonly caller: Caller;
  readonly signal?: AbortSignal;
  readonly traceparent?: string;
}

/** The memory service as one caller reaches it: each request carries the caller's tenant, whatever the arguments say. */
export interface Memory {
  readonly reach: Reach;
  /** @throws {ToolRefusal} where the service refuses or does not answer */
  ask<Id extends OperationId>(id: Id, input: Input<Id>): ReturnType<MemoryClient[Id]>;
}

export type MemoryAccess = (asking: Asking) => Memory;

/** What may be repeated without a second effect: the client makes an Idempotency-Key where the operation takes one. */
const repeatable = (id: OperationId) =>
  /^(get|list|search|assemble)/.test(id) ||
  ['createMemories', 'createSession', 'appendMessages', 'deleteMemory', 'deleteSession', 'forgetSubject'].includes(id);

export function openAccess(config: MemoryServerConfig): MemoryAccess {
  const client = createMemoryClient({
    baseUrl: config.MEMORY_URL,
    token: () => tokenOf(config.MEMORY_TOKEN_FILE, config.MEMORY_URL),
    timeoutMilliseconds: config.MEMORY_TIMEOUT_MS,
    attempts: config.MEMORY_RETRIES + 1,
  });
  return ({ caller, signal, traceparent }) => {
    const reach = reachOf(caller, config);
    const bound = {
      ...(reach.tenant !== undefined && { tenant: reach.tenant }),
      ...(signal !== undefined && { signal }),
      ...(traceparent !== undefined && { traceparent }),
    };
    return {
      reach,
      async ask(id, input) {
        const method = client[id] as (given: object) => Promise<never>;
        try {
          return await method({ ...input, ...bound });
        } catch (error) {
          throw refusalOf(error, { repeatable: repeatable(id) });
        }
      },
    } as Memory;
  };
}

/** A token is renewed in its file; one that cannot be read is as good as a service that does not answer. */
async function tokenOf(file: string, url: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new MemoryUnreachable(new URL(url).origin, error);
  }
}

/** For /health/ready: whether the service answers, whatever its stores do. */
export async function serviceHealth(config: Pick<MemoryServerConfig, 'MEMORY_URL' | 'MEMORY_TIMEOUT_MS'>) {
  const url = `${config.MEMORY_URL.replace(/\/$/, '')}/health/live`;
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(config.MEMORY_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok ? { ok: true } : { ok: false, detail: `answers ${answer.status}` };
  } catch {
    return { ok: false, detail: 'does not answer' };
  }
}
