import { defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Vector } from '../catalogue/collection.ts';
import { vectorById } from '../objects/vector.ts';
import type { Opened } from '../policy/library.ts';
import { propertyOf } from '../policy/names.ts';
import type { Visible } from '../policy/visible.ts';
import type { Mode } from '../search/request.ts';
import { search } from '../search/search.ts';
import type { Database } from '../weaviate/database.ts';
import { type Dependencies, READ_SCOPE } from './dependencies.ts';
import { cursorArgument, pageOf } from './pages.ts';
import { answerOf, searchOutput } from './results.ts';
import {
  collectionArgument,
  filterArgument,
  limitArgument,
  propertiesOf,
  rankingArguments,
  rankingOf,
  returned,
  vectorName,
  vectorOf,
} from './search-arguments.ts';

const LONGEST = 20_000;

export function findSimilarTool({ database, library, config }: Dependencies) {
  return defineTool({
    name: 'find_similar',
    title: 'Find similar objects',
    description:
      'Finds what means nearly the same as an object (id), a text, or a document that need not be stored (its properties). Give one of the three. ' +
      'Example: {"collection":"Articles","id":"2a6fd606-90e8-4212-aa16-77cf5bd921d2","limit":5}',
    input: z.strictObject({
      collection: collectionArgument,
      id: z.uuid().optional().describe('Of an object of the collection; it is not among the results'),
      text: z.string().trim().min(1).max(LONGEST).optional(),
      document: z
        .record(
          z.string().min(1).max(256),
          z.union([z.string().max(LONGEST), z.array(z.string().max(LONGEST)).max(100)]),
        )
        .optional()
        .describe('Such as {"title":"Tea","body":"..."}'),
      vector_name: vectorName,
      filter: filterArgument,
      ...rankingArguments,
      properties: returned,
      explain: z.boolean().default(false),
      limit: limitArgument(config),
      cursor: cursorArgument,
    }),
    output: searchOutput,
    annotations: { readOnly: true },
    scope: READ_SCOPE,
    complete: { collection: (start) => library.names(start), properties: (start) => library.propertyNames(start) },
    async run(given, call) {
      if ([given.id, given.text, given.document].filter((one) => one !== undefined).length !== 1) {
        throw new ToolRefusal(
          'argument',
          'Exactly one of id, text and document is needed.',
          'Give the one that you want similar objects to.',
        );
      }
      const opened = await library.open(given.collection, call.caller);
      const page = pageOf(given, call);
      const mode = await modeOf(given, opened, database, call.signal);
      const found = await search(
        database,
        {
          ...opened,
          mode,
          ...(given.id !== undefined && { without: given.id }),
          ...rankingOf(given, opened.visible, page.now),
          ...(given.filter && { filter: given.filter }),
          properties: propertiesOf(given.properties, opened.visible),
          explain: given.explain,
          limit: given.limit,
          offset: page.offset,
          bytes: config.MCP_QUERY_BYTES,
        },
        call.signal,
      );
      return answerOf({ visible: opened.visible, searched: mode.kind, notes: [], found, after: page.after });
    },
  });
}

interface To {
  readonly id?: string | undefined;
  readonly text?: string | undefined;
  readonly document?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly vector_name?: string | undefined;
}

async function modeOf(
  { id, text, document, vector_name }: To,
  opened: Opened,
  database: Database,
  signal: AbortSignal,
): Promise<Mode> {
  const { visible } = opened;
  if (id !== undefined) {
    const vector = vectorOf(visible, vector_name, ({ multi }) => !multi, 'Similar objects are found by vectors');
    return { kind: 'near_vector', at: await vectorById(database, opened, id, vector, signal), vector };
  }
  const vector = vectorOf(
    visible,
    vector_name,
    (one) => one.vectorizer !== undefined,
    'Similar objects are found by vectors',
  );
  return { kind: 'near_text', query: text ?? textOf(document ?? {}, vector, visible), vector };
}

/** The text that Weaviate's module would make of a stored object: what the vector is made of, in the order of the names. */
function textOf(document: NonNullable<To['document']>, { sources = [] }: Vector, visible: Visible): string {
  const text = Object.keys(document)
    .toSorted()
    .flatMap((name) => (sources.includes(propertyOf(name, visible, 'document').name) ? (document[name] ?? []) : []))
    .join(' ')
    .trim();
  if (text !== '') return text.slice(0, LONGEST);
  throw new ToolRefusal(
    'argument',
    `document has no text that vectors of ${visible.name} are made of.`,
    `Give one of: ${sources.filter((name) => visible.properties.has(name)).join(', ')}.`,
  );
}
