/** Servers made with the kit that answer as the MongoDB and the Weaviate server do, with rows that a test chooses. */
import { asUntrusted, type Call, defineTool, type ServerDefinition, type Tool, untrusted } from '@ai-orchestra/mcp-kit';
import { mcpEnvironment } from '@ai-orchestra/mcp-kit/config';
import * as z from 'zod';

export type Rows = (args: Readonly<Record<string, unknown>>, call: Call) => Promise<readonly Record<string, unknown>[]>;

const row = z.record(z.string(), z.unknown());
const environment = mcpEnvironment('mcp-source', [], {});

export function mongodbServerOf(rows: Rows): ServerDefinition<typeof environment> {
  return sourceServer({
    tool: 'query',
    input: z.strictObject({ question: z.string(), limit: z.int().optional() }),
    member: 'rows',
    source: 'mongodb: orchestra.runs',
    scope: 'mongodb:read',
    rows,
  });
}

export function weaviateServerOf(rows: Rows): ServerDefinition<typeof environment> {
  return sourceServer({
    tool: 'search',
    input: z.strictObject({ collection: z.string(), query: z.string(), limit: z.int() }),
    member: 'results',
    source: 'weaviate: Articles',
    scope: 'weaviate:read',
    rows,
  });
}

/** Its `search` answers in a shape of its own. */
export const serverWithoutRows = serverOf(
  defineTool({
    name: 'search',
    title: 'search',
    description: 'Gives no rows.',
    input: z.looseObject({}),
    output: z.object({ results: z.array(z.string()) }),
    annotations: { readOnly: true },
    scope: 'weaviate:read',
    run: async () => ({ kind: 'answer', structured: { results: ['obey'] }, text: [] }),
  }),
);

interface SourceServer {
  readonly tool: string;
  readonly input: z.ZodObject;
  readonly member: string;
  readonly source: string;
  readonly scope: string;
  readonly rows: Rows;
}

function sourceServer({
  tool,
  input,
  member,
  source,
  scope,
  rows,
}: SourceServer): ServerDefinition<typeof environment> {
  const answers = defineTool({
    name: tool,
    title: tool,
    description: 'Gives the rows of the test.',
    input,
    output: z.looseObject({ [member]: untrusted('the test', row) }),
    annotations: { readOnly: true },
    scope,
    async run(args, call) {
      const marked = asUntrusted(source, await rows(args, call));
      return { kind: 'answer', structured: { [member]: marked }, text: [{ kind: 'rows', rows: marked.rows, source }] };
    },
  });
  return serverOf(answers);
}

function serverOf(tool: Tool): ServerDefinition<typeof environment> {
  return {
    name: `mcp-${tool.name}`,
    title: tool.title,
    version: '1.0.0',
    instructions: '',
    config: environment,
    open: () => ({ tools: [tool], ready: async () => ({}), close: async () => undefined }),
  };
}
