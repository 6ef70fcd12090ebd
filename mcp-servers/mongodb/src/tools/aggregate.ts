import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { ejsonPipeline } from './ejson.ts';
import {
  annotations,
  collectionName,
  completeCollection,
  cursor,
  format,
  pageOf,
  rowsAnswer,
  rowsSchema,
  scope,
  sourceOf,
} from './parts.ts';

export const aggregateTool = (reader: Reader) =>
  defineTool({
    name: 'aggregate',
    title: 'Aggregate documents',
    description:
      'Runs a reading aggregation pipeline. Example: {"collection":"runs","pipeline":[{"$match":{"status":"failed"}},{"$group":{"_id":"$agentId","count":{"$sum":1}}},{"$sort":{"count":-1}}]}.',
    input: z.strictObject({
      collection: collectionName(),
      pipeline: ejsonPipeline().describe('Stages, values in Extended JSON'),
      format: format(),
      cursor: cursor(),
    }),
    output: z.object({ rows: rowsSchema() }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run(input, call) {
      const page = pageOf(input, call);
      const { collection, pipeline } = input;
      const read = await reader.read({ operation: 'aggregate', collection, pipeline, skip: page.skip }, call);
      return rowsAnswer(read, { source: sourceOf(reader, collection), format: input.format, page, other: {} });
    },
  });
