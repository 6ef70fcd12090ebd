import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import {
  annotations,
  collectionName,
  completeCollection,
  format,
  rowsAnswer,
  rowsSchema,
  scope,
  sourceOf,
} from './parts.ts';

export const sampleTool = (reader: Reader) =>
  defineTool({
    name: 'sample',
    title: 'Sample documents',
    description:
      'Some documents of a collection, taken at random, to see what they look like. Example: {"collection":"runs","size":3}.',
    input: z.strictObject({ collection: collectionName(), size: z.int().min(1).max(20).default(3), format: format() }),
    output: z.object({ rows: rowsSchema() }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run({ collection, size, format: form }, call) {
      const read = await reader.read({ operation: 'aggregate', collection, pipeline: [{ $sample: { size } }] }, call);
      // Another call takes others: there is nothing to go on with.
      return rowsAnswer(read, { source: sourceOf(reader, collection), format: form, other: {} });
    },
  });
