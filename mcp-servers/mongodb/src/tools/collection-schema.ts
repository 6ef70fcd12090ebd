import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { annotations, collectionName, completeCollection, scope } from './parts.ts';
import { fieldsOf } from './schema.ts';

export const collectionSchemaTool = (reader: Reader) =>
  defineTool({
    name: 'collection_schema',
    title: 'Schema of a collection',
    description:
      'Fields of a collection as a sample of its documents has them: path, type, values or range, and which field of another collection it refers to. Use it before find and aggregate. Example: {"collection":"runs"}.',
    input: z.strictObject({ collection: collectionName() }),
    output: z.object({
      sampled: z.int(),
      fields: untrusted('MongoDB', z.looseObject({ path: z.string(), type: z.string() })),
    }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run({ collection }, call) {
      const { view } = await reader.collection(collection, call.caller);
      const { sampled, fields } = fieldsOf(collection, view.catalogue);
      const source = `schema of ${collection}`;
      return {
        kind: 'answer',
        structured: { sampled, fields: asUntrusted(source, fields) },
        text: [
          { kind: 'note', text: `${fields.length} fields in a sample of ${sampled} documents.` },
          { kind: 'rows', rows: fields, source },
        ],
        counts: { fields: fields.length },
      };
    },
  });
