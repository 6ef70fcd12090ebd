import { defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { chooseMode, modes } from '../search/choose-mode.ts';
import { search } from '../search/search.ts';
import { type Dependencies, READ_SCOPE } from './dependencies.ts';
import { cursorArgument, pageOf } from './pages.ts';
import { answerOf, searchOutput } from './results.ts';
import {
  collectionArgument,
  filterArgument,
  limitArgument,
  propertiesOf,
  queryText,
  rankingArguments,
  rankingOf,
  returned,
  vectorName,
} from './search-arguments.ts';

export function searchTool({ database, library, config }: Dependencies) {
  return defineTool({
    name: 'search',
    title: 'Search a collection',
    description:
      'Finds objects of a Weaviate collection. mode: hybrid (words and meaning), near_text (meaning), keyword (words, BM25), near_vector (your own vector). ' +
      'Example: {"collection":"Articles","query":"tea in Lisbon","limit":5,"filter":{"property":"year","operator":"greater_than","value":2020}}',
    input: z.strictObject({
      collection: collectionArgument,
      query: queryText.optional().describe('What to look for; not for near_vector'),
      mode: z.enum(modes).default('hybrid'),
      alpha: z.number().min(0).max(1).optional().describe(`Of hybrid: 0 words, 1 meaning; default ${config.MCP_ALPHA}`),
      search_in: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(50)
        .optional()
        .describe('Texts whose words are searched'),
      vector: z
        .array(z.number())
        .min(1)
        .max(8192)
        .optional()
        .describe('For near_vector, or in place of the meaning of query'),
      vector_name: vectorName,
      filter: filterArgument,
      ...rankingArguments,
      properties: returned,
      explain: z.boolean().default(false).describe('Say of each result what its score is made of'),
      limit: limitArgument(config),
      cursor: cursorArgument,
    }),
    output: searchOutput,
    annotations: { readOnly: true },
    scope: READ_SCOPE,
    complete: { collection: (start) => library.names(start), properties: (start) => library.propertyNames(start) },
    async run(given, call) {
      const opened = await library.open(given.collection, call.caller);
      const { visible } = opened;
      const page = pageOf(given, call);
      const { mode, notes } = chooseMode({ ...given, alpha: given.alpha ?? config.MCP_ALPHA }, visible);
      const found = await search(
        database,
        {
          ...opened,
          mode,
          ...rankingOf(given, visible, page.now),
          ...(given.filter && { filter: given.filter }),
          properties: propertiesOf(given.properties, visible),
          explain: given.explain,
          limit: given.limit,
          offset: page.offset,
          bytes: config.MCP_QUERY_BYTES,
        },
        call.signal,
      );
      return answerOf({ visible, searched: mode.kind, notes, found, after: page.after });
    },
  });
}
