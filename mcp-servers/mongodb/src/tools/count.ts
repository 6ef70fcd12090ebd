import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { ejsonObject } from './ejson.ts';
import { annotations, collectionName, completeCollection, scope } from './parts.ts';

export const countTool = (reader: Reader) =>
  defineTool({
    name: 'count',
    title: 'Count documents',
    description:
      'The number of documents that a filter fits. Example: {"collection":"runs","filter":{"status":"failed"}}.',
    input: z.strictObject({
      collection: collectionName(),
      filter: ejsonObject().optional().describe('MongoDB filter'),
    }),
    output: z.object({ count: z.int(), estimated: z.boolean() }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run({ collection, filter }, call) {
      const match = filter && Object.keys(filter).length > 0 ? [{ $match: filter }] : [];
      const size = match.length === 0 ? await reader.size(collection, call) : undefined;
      // To count all of a large collection would read it; the server's statistics have the number.
      const estimated =
        size !== undefined && size > reader.scanLimit({ collection }, (await reader.sight(call.caller)).access);
      const count = estimated ? size : await counted(match);
      const text = `${count} documents${estimated ? ', by the statistics of the server' : ''}.`;
      return { kind: 'answer', structured: { count, estimated }, text: [{ kind: 'note', text }] };

      async function counted(stages: readonly object[]): Promise<number> {
        const pipeline = [...stages, { $group: { _id: null, count: { $sum: 1 } } }];
        const { rows } = await reader.read({ operation: 'aggregate', collection, pipeline }, call);
        return z.int().parse(rows[0]?.count ?? 0);
      }
    },
  });
