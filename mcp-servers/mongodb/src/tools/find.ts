import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { ejsonObject } from './ejson.ts';
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

export const findTool = (reader: Reader) =>
  defineTool({
    name: 'find',
    title: 'Find documents',
    description:
      'Documents of one collection by a MongoDB filter. Use it where the field names are known; else use query. Example: {"collection":"runs","filter":{"status":"failed","startedAt":{"$gte":{"$date":"2026-05-01T00:00:00Z"}}},"sort":{"startedAt":-1},"limit":10}.',
    input: z.strictObject({
      collection: collectionName(),
      filter: ejsonObject().optional().describe('MongoDB filter, values in Extended JSON'),
      projection: ejsonObject().optional().describe('Fields to show (1) or leave out (0)'),
      sort: ejsonObject().optional().describe('1 ascending, -1 descending'),
      limit: z.int().min(1).max(10_000).default(10).describe('Most documents'),
      format: format(),
      cursor: cursor(),
    }),
    output: z.object({ rows: rowsSchema() }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run(input, call) {
      const page = pageOf(input, call);
      const { collection, filter, projection, sort, limit } = input;
      const read = await reader.read(
        { operation: 'find', collection, filter, projection, sort, limit, skip: page.skip },
        call,
      );
      return rowsAnswer(read, { source: sourceOf(reader, collection), format: input.format, page, other: {} });
    },
  });
