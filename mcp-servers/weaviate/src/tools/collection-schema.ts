import { asUntrusted, defineTool, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { describeProperties, describeVectors } from '../catalogue/describe.ts';
import { type Dependencies, SCHEMA_SCOPE } from './dependencies.ts';
import { collectionArgument } from './search-arguments.ts';

const property = z.object({
  name: z.string(),
  type: z.string(),
  filter: z.boolean(),
  keyword: z.boolean(),
  tokenization: z.string().optional(),
  description: z.string().optional(),
});
const vector = z.object({
  name: z.string(),
  made_by: z.string(),
  made_of: z.array(z.string()).optional(),
  distance: z.string(),
});

export function collectionSchemaTool({ library }: Dependencies) {
  return defineTool({
    name: 'collection_schema',
    title: 'Describe a collection',
    description:
      'Properties of a collection with their types, which can be filtered by and which words can be searched, and its vectors. Example: {"collection":"Articles"}',
    input: z.strictObject({ collection: collectionArgument }),
    output: z.object({
      name: z.string(),
      divided_by_tenants: z.boolean(),
      filters_also: z.array(z.string()).describe('What can be filtered by beside properties'),
      properties: untrusted('Weaviate', property),
      vectors: untrusted('Weaviate', vector),
    }),
    annotations: { readOnly: true },
    scope: SCHEMA_SCOPE,
    complete: { collection: (start) => library.names(start) },
    async run({ collection }) {
      const visible = await library.find(collection);
      const source = `weaviate: schema of ${visible.name}`;
      const properties = asUntrusted(source, describeProperties(visible.properties.values()));
      const vectors = asUntrusted(source, describeVectors(visible));
      const divided = visible.multiTenant || visible.tenantProperty !== undefined;
      const also = [
        '_id',
        ...(visible.timesIndexed ? ['_created', '_updated'] : []),
        ...(visible.nullsIndexed ? ['is_null'] : []),
      ];
      return {
        kind: 'answer',
        structured: { name: visible.name, divided_by_tenants: divided, filters_also: also, properties, vectors },
        text: [
          {
            kind: 'note',
            text: `Divided by tenants: ${divided ? 'yes, you see your own' : 'no'}. Filters also take: ${also.join(', ')}.`,
          },
          { kind: 'rows', rows: properties.rows, source },
          { kind: 'rows', rows: vectors.rows, source: `weaviate: vectors of ${visible.name}` },
        ],
        counts: { properties: properties.rows.length },
      };
    },
  });
}
