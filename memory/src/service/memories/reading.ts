import type * as z from 'zod';
import { Refusal } from '../../api/errors.ts';
import type { history, memoryPage } from '../../api/memories.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { Document, Tier } from '../../stores/store.ts';
import { storeTiers } from '../dependencies.ts';
import { defined } from '../records/canonical.ts';
import { type Memory, memoryDocument, memoryOf, revisionKeys, revisionOf } from '../records/memory.ts';
import { storeTierOf, tiersOf } from '../tiers/tiers.ts';
import type { MemoryParts } from './create.ts';

interface Place {
  readonly order: number;
  readonly id: string;
}

/** Documents read on for a page of a tier that shares its store, at most. */
const MOST_READ = 20;

export class Reading {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  async get(scope: Scope, { params, traceId }: Input<'getMemory'>): Promise<Answer<Memory>> {
    const { tiers, audit } = this.#parts;
    const { document } = await tiers.memory(scope.tenant, params.memoryId);
    const body = memoryOf(memoryDocument(document));
    const { namespace, subjectId } = body;
    audit.record(scope, {
      action: 'read',
      operation: 'getMemory',
      ids: [body.id],
      ...defined({ namespace, subjectId, traceId }),
    });
    return { body, version: body.version };
  }

  /** Of all tiers in one order; a memory that is being promoted is in two of them, and listed once. */
  async list(scope: Scope, { query, traceId }: Input<'listMemories'>): Promise<Answer<z.output<typeof memoryPage>>> {
    const { tiers, signer, audit } = this.#parts;
    const { cursor, limit, tier, status = 'active', ...filters } = query;
    const list = ['memories', filters, tier ?? null, status];
    const place = signer.place<Place>(scope, list, cursor, 'query/cursor');
    const asked = tier === undefined ? storeTiers : [storeTierOf(tier)];
    const where = defined({ ...filters, status });
    const { value, down } = await tiers.each(asked, async (each) => {
      const found: Document[] = [];
      let after = place;
      for (let read = 0; read < MOST_READ; read += 1) {
        const page = await tiers.list(scope.tenant, each, {
          kind: 'memory',
          where,
          direction: 'descending',
          limit: limit + 1,
          ...(after && { after }),
        });
        found.push(...page.filter((one) => tier === undefined || memoryDocument(one).body.tier === tier));
        after = page.at(-1);
        if (page.length <= limit || found.length > limit) break;
      }
      return found;
    });
    const all = new Map<string, Document>();
    // The stores come in the order of the tiers, so the higher copy of two is the one that stays.
    for (const document of value.flat()) all.set(document.id, document);
    const sorted = [...all.values()].sort((one, other) => other.order - one.order || (one.id < other.id ? 1 : -1));
    const page = sorted.slice(0, limit);
    const last = page.at(-1);
    const more = sorted.length > limit && last !== undefined;
    const memories = page.map((document) => memoryOf(memoryDocument(document)));
    const { namespace, subjectId } = query;
    const ids = memories.map(({ id }) => id);
    audit.record(scope, {
      action: 'read',
      operation: 'listMemories',
      ids,
      ...defined({ namespace, subjectId, traceId }),
    });
    return {
      body: {
        memories,
        next: more ? signer.cursor(scope, list, { order: last.order, id: last.id }) : null,
        partial: down.length > 0,
        degraded: down.flatMap((one): Tier[] => [...tiersOf(one)]),
      },
    };
  }

  async history(scope: Scope, { params, traceId }: Input<'getHistory'>): Promise<Answer<z.output<typeof history>>> {
    const { tiers, audit } = this.#parts;
    const { tier, document } = await tiers.memory(scope.tenant, params.memoryId);
    const older = await tiers.getAll(scope.tenant, tier, revisionKeys(document));
    const revisions = [...older, document].flatMap((one) => (one === undefined ? [] : [revisionOf(one)])).reverse();
    const { subjectId } = document.attributes;
    const ids = [params.memoryId];
    audit.record(scope, { action: 'read', operation: 'getHistory', ids, ...defined({ subjectId, traceId }) });
    return { body: { revisions }, version: document.version };
  }
}

export function notInState(detail: string): Refusal {
  return new Refusal('conflict', detail);
}
