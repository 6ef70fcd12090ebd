import type { MemoryAccess } from '../service/access.ts';
import { rowOfHit } from '../tools/memory-row.ts';
import type { Asking, Finding, Question, Source } from './source.ts';
import { cut } from './untrusted-rows.ts';

/** Memories, as `recall` finds them. */
export function memorySource(access: MemoryAccess): Source {
  return {
    name: 'memory',
    async find({ query, limit, subject, namespace }: Question, { call, signal }: Asking): Promise<Finding> {
      const { traceparent, caller } = call;
      const service = access({ caller, signal, ...(traceparent !== undefined && { traceparent }) });
      const { body } = await service.ask('searchMemories', {
        body: {
          query,
          limit,
          filters: {
            ...(subject !== undefined && { subjectIds: [subject] }),
            ...(namespace !== undefined && { namespaces: [namespace] }),
          },
        },
      });
      const lines = body.hits.flatMap((hit) => {
        const row = rowOfHit(hit);
        if (row === undefined) return [];
        const { kind, id, from, at, text } = row;
        return [{ text: cut(text), from: `memory: ${kind} ${id} (${from}, ${at.slice(0, 10)})` }];
      });
      return { lines, ...(body.degraded.length > 0 && { note: `did not answer: ${body.degraded.join(', ')}` }) };
    },
  };
}
