import { asUntrusted, defineTool, ToolRefusal, tokenCounter, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Property } from '../catalogue/collection.ts';
import { pack } from '../context/pack.ts';
import type { Values } from '../objects/values.ts';
import { propertyOf } from '../policy/names.ts';
import type { Visible } from '../policy/visible.ts';
import { chooseMode } from '../search/choose-mode.ts';
import { search } from '../search/search.ts';
import { type Dependencies, READ_SCOPE } from './dependencies.ts';
import { sourceOf } from './results.ts';
import {
  collectionArgument,
  filterArgument,
  queryText,
  rankingArguments,
  rankingOf,
  vectorName,
} from './search-arguments.ts';

/** What the frame of an answer takes of MCP_OUTPUT_TOKENS. */
const FRAME = 150;

const row = z.object({ citation: z.int(), id: z.string(), score: z.number(), cut: z.boolean(), text: z.string() });
const { time_decay, diversity, autocut } = rankingArguments;

export function getContextTool({ database, library, config }: Dependencies) {
  const most = Math.max(50, config.MCP_OUTPUT_TOKENS - FRAME);
  return defineTool({
    name: 'get_context',
    title: 'Collect context to answer from',
    description:
      'Collects the best passages of a collection for a question within max_tokens, each once and numbered to be cited as [1]. ' +
      'Example: {"collection":"Articles","query":"How is tea made in Lisbon?","max_tokens":1500}',
    input: z.strictObject({
      collection: collectionArgument,
      query: queryText,
      mode: z.enum(['hybrid', 'near_text', 'keyword']).default('hybrid'),
      max_tokens: z
        .int()
        .min(50)
        .max(most)
        .default(Math.min(2000, most))
        .describe('Of the passages together (o200k_base)'),
      texts: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(10)
        .optional()
        .describe('Properties that make a passage; not set: all texts'),
      vector_name: vectorName,
      filter: filterArgument,
      time_decay,
      diversity,
      autocut,
    }),
    output: z.object({
      collection: z.string(),
      searched: z.string(),
      notes: z.array(z.string()),
      tokens: z.int().describe('Exact, of the passages with their numbers'),
      left_out: z.array(z.object({ id: z.string(), why: z.string(), of: z.string().optional() })),
      rows: untrusted('Weaviate', row),
    }),
    annotations: { readOnly: true },
    scope: READ_SCOPE,
    complete: { collection: (start) => library.names(start), texts: (start) => library.propertyNames(start) },
    async run(given, call) {
      const opened = await library.open(given.collection, call.caller);
      const { visible } = opened;
      const texts = textsOf(given.texts, visible);
      const { mode, notes } = chooseMode({ ...given, alpha: config.MCP_ALPHA }, visible);
      const [{ hits, full }, tokensOf] = await Promise.all([
        search(
          database,
          {
            ...opened,
            mode,
            ...rankingOf(given, visible, call.now()),
            ...(given.filter && { filter: given.filter }),
            properties: texts,
            explain: false,
            limit: config.MCP_QUERY_OBJECTS,
            offset: 0,
            bytes: config.MCP_QUERY_BYTES,
          },
          call.signal,
        ),
        tokenCounter(),
      ]);
      const passages = hits.map(({ id, score, values }) => ({ id, score, text: passageOf(values, texts) }));
      const { text, tokens, citations, leftOut } = pack(passages, given.max_tokens, tokensOf);
      const told = [...notes, ...(full ? ['Not all that was found could be read: the objects are large.'] : [])];
      const source = sourceOf(visible);
      const rows = citations.map(({ number, score, ...one }) => ({
        citation: number,
        score: Number(score.toPrecision(6)),
        ...one,
      }));
      return {
        kind: 'answer',
        structured: {
          collection: visible.name,
          searched: mode.kind,
          notes: told,
          tokens,
          left_out: [...leftOut],
          rows: asUntrusted(source, rows),
        },
        text: [
          ...told.map((note) => ({ kind: 'note' as const, text: note })),
          ...(text === ''
            ? [{ kind: 'note' as const, text: 'Nothing was found.' }]
            : [{ kind: 'passage' as const, text, source }]),
        ],
        counts: { objects: hits.length, passages: citations.length, tokens },
      };
    },
  });
}

function textsOf(names: readonly string[] | undefined, visible: Visible): readonly Property[] {
  const isText = ({ type }: Property) => type === 'text';
  const texts =
    names?.map((name) => propertyOf(name, visible, 'texts')) ?? [...visible.properties.values()].filter(isText);
  const wrong = texts.find((one) => !isText(one));
  if (wrong === undefined && texts.length > 0) return texts;
  throw new ToolRefusal(
    'argument',
    wrong === undefined
      ? `${visible.name} has no text to make passages of.`
      : `texts: ${wrong.name} is no text but ${wrong.type}.`,
    'Name properties of type text, or use search.',
  );
}

/** A passage without labels: names of properties cost tokens and say little. */
const passageOf = (values: Values, texts: readonly Property[]) =>
  texts
    .flatMap(({ name }) => values[name] ?? [])
    .map((text) => String(text).trim())
    .filter((text) => text !== '')
    .map((text) => (/[.!?:]$/.test(text) ? text : `${text}.`))
    .join(' ');
