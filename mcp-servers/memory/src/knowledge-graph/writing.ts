import { setTimeout as wait } from 'node:timers/promises';
import { type Call, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { MemoryClient } from '@ai-orchestra/memory/client';
import type { Memory } from '../service/access.ts';
import { type GraphMetadata, NAMESPACE, TIER } from './records.ts';

type NewMemory = Parameters<MemoryClient['createMemories']>[0]['body']['memories'][number];

export interface NewRecord {
  readonly text: string;
  readonly metadata: GraphMetadata;
}

/** What one request to the service may have: it takes 100 memories, and a body of 1 MiB. */
const MOST_AT_ONCE = 100;
const MOST_BYTES = 512 * 1024;

/**
 * Writes records in their order, so that what makes the others visible comes last.
 * @returns those that are held back, as they look like a secret or an instruction
 */
export async function write(
  service: Memory,
  call: Call,
  records: readonly NewRecord[],
): Promise<ReadonlySet<NewRecord>> {
  const held = new Set<NewRecord>();
  const { subject } = service.reach;
  let done = 0;
  for (const batch of batches(records)) {
    const { body } = await service.ask('createMemories', {
      body: {
        memories: batch.map(
          ({ text, metadata }): NewMemory => ({
            text,
            metadata: { ...metadata },
            namespace: NAMESPACE,
            tier: TIER,
            ttlSeconds: null,
            type: 'semantic',
            ...(subject !== undefined && { subjectId: subject }),
            provenance: { source: 'agent', agentId: call.caller.principal.slice(0, 128) },
          }),
        ),
      },
    });
    for (const [index, { status }] of body.memories.entries()) {
      const record = batch[index];
      if (status === 'quarantined' && record !== undefined) held.add(record);
    }
    done += batch.length;
    call.progress(done, records.length, 'written');
  }
  return held;
}

function* batches(records: readonly NewRecord[]): Generator<readonly NewRecord[]> {
  let batch: NewRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record));
    if (batch.length === MOST_AT_ONCE || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Deletions of one call that run at the same time, and how often one is tried where the service has too much to do. */
const AT_ONCE = 4;
const TRIES = 6;

/** Deletes in order, some at the same time. What is gone already is as it should be. */
export async function remove(service: Memory, call: Call, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  let done = 0;
  const work = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      await removeOne(service, call, id);
      done += 1;
      call.progress(done, ids.length, 'deleted');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function removeOne(service: Memory, call: Call, memoryId: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await service.ask('deleteMemory', { params: { memoryId } });
      return;
    } catch (error) {
      if (!(error instanceof ToolRefusal)) throw error;
      if (error.code === 'not_found') return;
      const passing = error.code === 'busy' || error.code === 'unavailable';
      if (!passing || tried === TRIES) throw error;
      await wait(Math.min((error.retryAfter ?? 1) * 1000, 5000), undefined, { signal: call.signal });
    }
  }
}
