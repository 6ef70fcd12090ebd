import * as z from 'zod';
import type { Caller, Tool } from './tool.ts';

/** A tool as `tools/list` shows it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: { readonly type: 'object' };
  readonly outputSchema: { readonly type: 'object' };
  readonly annotations: Readonly<Record<string, string | boolean>>;
}

/** The tools of a server, by name; what clients are shown of them is made once, when first asked for. */
export class ToolCatalog {
  readonly #tools: ReadonlyMap<string, Tool>;
  /** By the tools that a caller may see: as many lists as there are sets of scopes. */
  readonly #lists = new Map<string, ListedTool[]>();
  readonly #listed = new Map<string, ListedTool>();

  /** @throws {TypeError} where two tools have one name, or a name is none */
  constructor(tools: readonly Tool[]) {
    for (const { name } of tools) {
      if (!/^[a-z][a-z0-9_]{0,63}$/.test(name))
        throw new TypeError(`${name} is no name of a tool: lower case, digits, _`);
    }
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    if (this.#tools.size < tools.length) throw new TypeError('two tools have the same name');
  }

  find(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /** Scopes of all tools. */
  get scopes(): readonly string[] {
    return [...new Set([...this.#tools.values()].map(({ scope }) => scope))].sort();
  }

  /** What a caller may call, in the order in which the server declares it. */
  list({ scopes }: Caller): ListedTool[] {
    const allowed = [...this.#tools.values()].filter(({ scope }) => scopes.has(scope));
    const key = allowed.map(({ name }) => name).join(' ');
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = allowed.map((tool) => this.#show(tool));
      this.#lists.set(key, list);
    }
    return list;
  }

  #show(tool: Tool): ListedTool {
    let listed = this.#listed.get(tool.name);
    if (listed === undefined) {
      listed = listedTool(tool);
      this.#listed.set(tool.name, listed);
    }
    return listed;
  }
}

function listedTool({ name, title, description, input, output, annotations }: Tool): ListedTool {
  const { readOnly, destructive = false, idempotent = readOnly } = annotations;
  return {
    name,
    title,
    description,
    inputSchema: jsonSchema(input, 'input'),
    outputSchema: jsonSchema(output, 'output'),
    annotations: {
      readOnlyHint: readOnly,
      // Of a tool that changes nothing, the specification gives these two no meaning.
      ...(!readOnly && { destructiveHint: destructive, idempotentHint: idempotent }),
      openWorldHint: false,
    },
  };
}

/**
 * Every client pays for each word of a schema, so what says nothing is left out: `$schema`, as MCP takes a schema without it for
 * 2020-12; the bounds of exact integers; and, of an answer, that it has no more than it has.
 */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): { readonly type: 'object' } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: one }) => {
      if (one.minimum === Number.MIN_SAFE_INTEGER) delete one.minimum;
      if (one.maximum === Number.MAX_SAFE_INTEGER) delete one.maximum;
      if (io === 'output' && one.additionalProperties === false) delete one.additionalProperties;
    },
  });
  return { ...rest, type: 'object' };
}
