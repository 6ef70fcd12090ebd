import { type Answer, type Call, defineTool } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import { cursorArgument } from '../tools/arguments.ts';
import { type Dependencies, READ } from '../tools/dependencies.ts';
import { entityResult, mark, marked, namesArgument, relationResult, searchArgument } from './arguments.ts';
import { around, type Graph, readGraph, shownGraph } from './graph.ts';
import { pageOf } from './page.ts';

const output = z.object({
  ...mark,
  entities: z.array(entityResult),
  relations: z.array(relationResult),
  cursor: z.string().optional().describe('There is more: repeat the call with it'),
});

export function readGraphTool(dependencies: Dependencies) {
  return defineTool({
    name: 'read_graph',
    title: 'Read the graph',
    description: 'Read the entire knowledge graph',
    input: z.object({ cursor: cursorArgument }),
    output,
    annotations: { readOnly: true },
    scope: READ,
    async run({ cursor }, call) {
      return page(dependencies, call, cursor, (graph) => graph);
    },
  });
}

export function searchNodesTool(dependencies: Dependencies) {
  return defineTool({
    name: 'search_nodes',
    title: 'Search nodes',
    description: 'Search for nodes in the knowledge graph based on a query',
    input: z.object({ query: searchArgument, cursor: cursorArgument }),
    output,
    annotations: { readOnly: true },
    scope: READ,
    async run({ query, cursor }, call) {
      const wanted = query.toLowerCase();
      const has = (text: string) => text.toLowerCase().includes(wanted);
      return page(dependencies, call, cursor, (graph) =>
        around(graph, ({ name, entityType, observations }) => has(name) || has(entityType) || observations.some(has)),
      );
    },
  });
}

export function openNodesTool(dependencies: Dependencies) {
  return defineTool({
    name: 'open_nodes',
    title: 'Open nodes',
    description: 'Open specific nodes in the knowledge graph by their names',
    input: z.object({ names: namesArgument.describe('An array of entity names to retrieve'), cursor: cursorArgument }),
    output,
    annotations: { readOnly: true },
    scope: READ,
    async run({ names, cursor }, call) {
      const wanted = new Set(names);
      return page(dependencies, call, cursor, (graph) => around(graph, ({ name }) => wanted.has(name)));
    },
  });
}

async function page(
  { memory: access, config }: Dependencies,
  call: Call,
  cursor: string | undefined,
  choose: (graph: Graph) => Graph,
): Promise<Answer<z.output<typeof output>>> {
  const from = cursor === undefined ? 0 : z.int().min(0).parse(call.stateOf(cursor));
  const graph = choose(shownGraph(await readGraph(access(call))));
  const { next, entities, relations } = await pageOf(graph, from, config.MCP_OUTPUT_TOKENS);
  const handle = next === undefined ? undefined : call.cursorOf(next);
  return {
    kind: 'answer',
    structured: {
      ...marked,
      entities: entities.map((entity) => ({ ...entity, observations: [...entity.observations] })),
      relations: [...relations],
      ...(handle !== undefined && { cursor: handle }),
    },
    text: [
      { kind: 'passage', text: JSON.stringify({ entities, relations }, null, 2), source: marked.source },
      ...(handle === undefined
        ? []
        : [{ kind: 'note' as const, text: `There is more: repeat the call with cursor ${JSON.stringify(handle)}.` }]),
    ],
    counts: { entities: entities.length, relations: relations.length },
  };
}
