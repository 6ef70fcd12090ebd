import { defineTool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import { EJSON } from 'bson';
import * as z from 'zod';
import type { Reader } from '../run/reader.ts';
import { refuseScans } from '../run/scan.ts';
import { ejsonObject, ejsonPipeline } from './ejson.ts';
import { annotations, collectionName, completeCollection, scope } from './parts.ts';

export const explainTool = (reader: Reader) =>
  defineTool({
    name: 'explain',
    title: 'Explain a query',
    description:
      'What would be sent for a find or an aggregate, with the policy in it, how each collection would be read, and whether that is refused; nothing is read. Example: {"collection":"runs","filter":{"status":"failed"}}.',
    input: z.strictObject({
      collection: collectionName(),
      filter: ejsonObject().optional().describe('As of find'),
      sort: ejsonObject().optional().describe('As of find'),
      pipeline: ejsonPipeline().optional().describe('As of aggregate, in place of filter and sort'),
    }),
    output: z.object({
      query: z.looseObject({}),
      reads: z.array(
        z.looseObject({
          collection: z.string(),
          reads: z.enum(['index', 'few', 'scan']),
          documents: z.int().optional(),
        }),
      ),
      refused: z.string().optional(),
    }),
    annotations,
    scope,
    complete: { collection: completeCollection(reader) },
    async run({ collection, filter, sort, pipeline }, call) {
      if (pipeline && (filter || sort))
        throw new ToolRefusal(
          'argument',
          'Both a pipeline and a filter or sort are given.',
          'Give the arguments of either aggregate or find.',
        );
      const query = await reader.policed(
        pipeline ? { operation: 'aggregate', collection, pipeline } : { operation: 'find', collection, filter, sort },
        call,
      );
      const { access } = await reader.sight(call.caller);
      const scan = reader.scanLimit(query, access);
      const plans = await reader.plans(query, call);
      const refused = refusalText(() => refuseScans(plans, scan));
      // The size of a collection tells of other callers' rows.
      const reads = await Promise.all(
        plans.map(async ({ documents, ...plan }) => ({
          ...plan,
          ...((await reader.size(plan.collection, call)) !== undefined && { documents }),
        })),
      );
      const written = EJSON.serialize(query, { relaxed: true }) as Record<string, unknown>;
      return {
        kind: 'answer',
        structured: { query: written, reads, ...(refused !== undefined && { refused }) },
        text: [
          { kind: 'passage', text: JSON.stringify(written), source: 'the query' },
          { kind: 'rows', rows: reads, source: 'how it is read' },
          ...(refused === undefined ? [] : [{ kind: 'note' as const, text: `It would be refused: ${refused}` }]),
        ],
      };
    },
  });

function refusalText(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ToolRefusal) return `${error.message} ${error.fix}`;
    throw error;
  }
}
