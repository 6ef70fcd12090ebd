import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { ejsonObject } from './ejson.ts';
import {
  annotations,
  collectionName,
  completeCollection,
  completeField,
  cursor,
  format,
  pageOf,
  rowsAnswer,
  rowsSchema,
  scope,
  sourceOf,
} from './parts.ts';

export const distinctTool = (reader: Reader) =>
  defineTool({
    name: 'distinct',
    title: 'Different values',
    description:
      'The different values of a field, each with its number of documents, the most frequent first. Example: {"collection":"runs","field":"status"}.',
    input: z.strictObject({
      collection: collectionName(),
      field: z.string().min(1).max(200).describe('Path of the field, such as owner.team'),
      filter: ejsonObject().optional().describe('MongoDB filter'),
      format: format(),
      cursor: cursor(),
    }),
    output: z.object({ rows: rowsSchema() }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader), field: completeField(reader) },
    async run(input, call) {
      const page = pageOf(input, call);
      const { collection, field, filter = {} } = input;
      const pipeline = [
        { $match: { $and: [filter, { [field]: { $exists: true } }] } },
        { $project: { value: `$${field}` } },
        // Of an array, each element counts.
        { $unwind: { path: '$value', preserveNullAndEmptyArrays: false } },
        { $group: { _id: '$value', documents: { $sum: 1 } } },
        { $sort: { documents: -1, _id: 1 } },
        { $project: { _id: 0, value: '$_id', documents: 1 } },
      ];
      const read = await reader.read({ operation: 'aggregate', collection, pipeline, skip: page.skip }, call);
      return rowsAnswer(read, {
        source: `${sourceOf(reader, collection)}.${field}`,
        format: input.format,
        page,
        other: {},
        columns: ['value', 'documents'],
      });
    },
  });
