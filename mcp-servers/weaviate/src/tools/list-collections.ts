import { asUntrusted, type Caller, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { countObjects } from '../objects/count.ts';
import { reachOf } from '../policy/reach.ts';
import type { Visible } from '../policy/visible.ts';
import { type Dependencies, SCHEMA_SCOPE } from './dependencies.ts';

const row = z.object({
  name: z.string(),
  objects: z.int().optional(),
  tenants: z.enum(['none', 'yours', 'token needed']),
  searchable: z.string(),
  description: z.string().optional(),
});

/** Counts asked of Weaviate at a time. */
const AT_ONCE = 4;

export function listCollectionsTool({ database, library }: Dependencies) {
  return defineTool({
    name: 'list_collections',
    title: 'List collections',
    description:
      'Which collections can be searched, how, and how many objects each has that you can reach. Takes no arguments.',
    input: z.strictObject({}),
    output: z.object({ rows: untrusted('Weaviate', row) }),
    annotations: { readOnly: true },
    scope: SCHEMA_SCOPE,
    async run(_given, call) {
      const collections = [...(await library.collections()).values()];
      const rows: z.output<typeof row>[] = [];
      for (let first = 0; first < collections.length; first += AT_ONCE) {
        call.progress(first, collections.length);
        rows.push(
          ...(await Promise.all(
            collections.slice(first, first + AT_ONCE).map((one) => rowOf(one, call.caller, call.signal)),
          )),
        );
      }
      const marked = asUntrusted('weaviate: collections', rows);
      return {
        kind: 'answer',
        structured: { rows: marked },
        text: [{ kind: 'rows', rows: marked.rows, source: marked.source }],
        counts: { collections: rows.length },
      };
    },
  });

  async function rowOf(visible: Visible, caller: Caller, signal: AbortSignal): Promise<z.output<typeof row>> {
    const { name, description, vectors, properties } = visible;
    const divided = visible.multiTenant || visible.tenantProperty !== undefined;
    const searchable = [
      ...([...properties.values()].some((property) => property.searchable) ? ['keyword'] : []),
      ...(vectors.some(({ vectorizer }) => vectorizer !== undefined) ? ['near_text'] : []),
      ...(vectors.length > 0 ? ['near_vector'] : []),
    ];
    const told = { name, searchable: searchable.join(', '), ...(description !== undefined && { description }) };
    try {
      const objects = await countObjects(database, { visible, reach: reachOf(visible, caller) }, signal);
      return { ...told, objects, tenants: divided ? 'yours' : 'none' };
    } catch (error) {
      if (error instanceof ToolRefusal && error.code === 'policy') return { ...told, tenants: 'token needed' };
      throw error;
    }
  }
}
