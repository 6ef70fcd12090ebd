import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { annotations, scope } from './parts.ts';

export const listCollectionsTool = (reader: Reader) =>
  defineTool({
    name: 'list_collections',
    title: 'List collections',
    description:
      'The collections that may be read, with their fields and, where every row may be read, their number of documents.',
    input: z.strictObject({}),
    output: z.object({
      collections: untrusted(
        'MongoDB',
        z.object({ name: z.string(), documents: z.int().optional(), fields: z.array(z.string()) }),
      ),
    }),
    annotations,
    scope,
    async run(_, call) {
      const { view } = await reader.sight(call.caller);
      const rows = await Promise.all(
        view.collections.map(async ({ name }) => {
          const documents = await reader.size(name, call);
          const entities = view.catalogue.entities.filter(({ collection }) => collection === name);
          const fields = entities.flatMap((entity) => entity.fields.map(({ path }) => path));
          return { name, ...(documents !== undefined && { documents }), fields };
        }),
      );
      return {
        kind: 'answer',
        structured: { collections: asUntrusted('collections', rows) },
        text: [{ kind: 'rows', rows, source: 'collections' }],
        counts: { collections: rows.length },
      };
    },
  });
