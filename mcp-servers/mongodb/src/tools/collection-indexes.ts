import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { annotations, collectionName, completeCollection, scope } from './parts.ts';

export const collectionIndexesTool = (reader: Reader) =>
  defineTool({
    name: 'collection_indexes',
    title: 'Indexes of a collection',
    description:
      'Indexes of a collection: by which fields documents are found without reading all. Example: {"collection":"runs"}.',
    input: z.strictObject({ collection: collectionName() }),
    output: z.object({
      indexes: untrusted(
        'MongoDB',
        z.object({ name: z.string(), key: z.looseObject({}), unique: z.boolean(), partial: z.boolean() }),
      ),
    }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run({ collection }, call) {
      const rows = (await reader.indexes(collection, call)).map((index) => ({ ...index, key: { ...index.key } }));
      const source = `indexes of ${collection}`;
      return {
        kind: 'answer',
        structured: { indexes: asUntrusted(source, rows) },
        text: [{ kind: 'rows', rows, source }],
        counts: { indexes: rows.length },
      };
    },
  });
