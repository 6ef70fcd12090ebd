import { asUntrusted, defineTool, ToolRefusal, untrusted } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { objectsByIds } from '../objects/fetch.ts';
import { notThere } from '../objects/vector.ts';
import { type Dependencies, READ_SCOPE } from './dependencies.ts';
import { sourceOf } from './results.ts';
import { collectionArgument, propertiesOf, returned } from './search-arguments.ts';

const row = z.looseObject({ _id: z.string() });

export function getObjectTool({ database, library, config }: Dependencies) {
  return defineTool({
    name: 'get_object',
    title: 'Read an object',
    description:
      'Reads one object by its id (_id of a result). Example: {"collection":"Articles","id":"2a6fd606-90e8-4212-aa16-77cf5bd921d2"}',
    input: z.strictObject({ collection: collectionArgument, id: z.uuid(), properties: returned }),
    output: z.object({ rows: untrusted('Weaviate', row) }),
    annotations: { readOnly: true },
    scope: READ_SCOPE,
    complete: { collection: (start) => library.names(start), properties: (start) => library.propertyNames(start) },
    async run({ collection, id, properties }, call) {
      const opened = await library.open(collection, call.caller);
      const wanted = propertiesOf(properties, opened.visible);
      const objects = await objectsByIds(database, opened, [id], wanted, call.signal);
      const [found] = objects;
      if (found === undefined) throw notThere(id, collection);
      const [foundId, values] = found;
      const size = Buffer.byteLength(JSON.stringify(values));
      if (size > config.MCP_QUERY_BYTES) {
        throw new ToolRefusal(
          'cost',
          `The object has ${size} bytes, more than the ${config.MCP_QUERY_BYTES} that an answer may be made from.`,
          'Name some of its properties.',
        );
      }
      const source = sourceOf(opened.visible);
      const marked = asUntrusted(source, [{ ...values, _id: foundId }]);
      return {
        kind: 'answer',
        structured: { rows: marked },
        text: [{ kind: 'rows', rows: marked.rows, source, format: 'ndjson' }],
        counts: { objects: 1 },
      };
    },
  });
}
