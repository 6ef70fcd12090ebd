import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Memory } from '../service/access.ts';
import { livingMemory } from '../service/memories.ts';
import {
  importanceArgument,
  instantArgument,
  memoryIdArgument,
  metadataArgument,
  tagsArgument,
  textArgument,
  tierArgument,
  ttlArgument,
  typeArgument,
} from './arguments.ts';
import { type Dependencies, WRITE } from './dependencies.ts';
import { memoryColumns, memoryRow, rowOfMemory } from './memory-row.ts';

const edit = z.strictObject({
  text: textArgument.optional(),
  type: typeArgument.optional(),
  tags: tagsArgument.optional(),
  metadata: metadataArgument.optional(),
  importance: importanceArgument.optional(),
  at: instantArgument.optional(),
  valid_to: instantArgument.nullable().optional().describe('Until when it was true; null: it still is'),
  ttl_seconds: ttlArgument.nullable().optional().describe('Seconds to live from now; null: for ever'),
});

const changes = ['edit', 'replace_with', 'pinned', 'move_to'] as const;
const given = (input: Readonly<Record<string, unknown>>) => changes.filter((change) => input[change] !== undefined);

const input = z
  .strictObject({
    memory_id: memoryIdArgument,
    edit: edit.optional().describe('New values of its fields'),
    replace_with: textArgument
      .optional()
      .describe('What is true now; the old one stays as history and is not recalled'),
    pinned: z.boolean().optional().describe('true: it neither ends nor is merged'),
    move_to: tierArgument.optional().describe('Tier that keeps it longer'),
    version: z.int().min(1).optional().describe('With edit: change this version alone'),
  })
  .refine((value) => given(value).length === 1, `exactly one of ${changes.join(', ')}`);

export function updateMemoryTool({ memory: access }: Dependencies) {
  return defineTool({
    name: 'update_memory',
    title: 'Update a memory',
    description:
      'Changes one memory in one way: edit fields, replace_with what is true now, pin, or move to a tier that lasts longer. ' +
      'Example: {"memory_id":"01a2…","replace_with":"Ana moved to Porto in June 2026"}',
    input,
    output: z.object({
      change: z.enum(changes),
      memory: untrusted(
        'the memory service',
        memoryRow.extend({ status: z.string(), replaced_by: z.string().optional() }),
      ),
    }),
    annotations: { readOnly: false, destructive: true },
    scope: WRITE,
    async run(value, call) {
      const service = access(call);
      const { memory_id: memoryId } = value;
      if (service.reach.subject !== undefined) await livingMemory(service, memoryId);
      const [change = 'edit'] = given(value);
      const memory = await changed(service, memoryId, value);
      const { supersededBy } = memory;
      const row = {
        ...rowOfMemory(memory),
        status: memory.status,
        ...(supersededBy !== undefined && { replaced_by: supersededBy }),
      };
      const source = 'the memory service';
      const marked = asUntrusted(source, [row]);
      return {
        kind: 'answer',
        structured: { change, memory: marked },
        text: [
          { kind: 'note', text: said(memoryId, memory.status, memory.version, supersededBy) },
          { kind: 'rows', rows: marked.rows, source, columns: memoryColumns },
        ],
        counts: { memories: 1 },
      };
    },
  });
}

async function changed(service: Memory, memoryId: string, value: z.output<typeof input>) {
  const params = { memoryId };
  const { edit: fields, replace_with: text, pinned, move_to: to, version } = value;
  if (text !== undefined) return (await service.ask('supersedeMemory', { params, body: { by: { text } } })).body;
  if (to !== undefined) return (await service.ask('promoteMemory', { params, body: { to } })).body;
  if (pinned !== undefined) return (await service.ask(pinned ? 'pinMemory' : 'unpinMemory', { params })).body;
  const { valid_to: validTo, ttl_seconds: ttlSeconds, ...same } = fields ?? {};
  const { body } = await service.ask('updateMemory', {
    params,
    body: {
      ...same,
      ...(validTo !== undefined && { validTo }),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
    },
    ...(version !== undefined && { ifMatch: version }),
  });
  return body;
}

function said(id: string, status: string, version: number, by: string | undefined): string {
  if (by !== undefined) return `${id} is history now; ${by} is in its place.`;
  if (status === 'quarantined') {
    return `${id} is at version ${version}, and held back: its text looks like a secret, an instruction or something read back.`;
  }
  return `${id} is at version ${version}.`;
}
