import type { Prompt } from '../prompts/prompt.ts';
import { isTemplate, type Resource } from '../resources/resource.ts';
import { ToolCatalog } from '../tools/catalog.ts';
import type { Caller, Tool } from '../tools/tool.ts';

/** Everything that a server offers to its callers. */
export interface Surface {
  readonly tools: ToolCatalog;
  readonly prompts: readonly Prompt[];
  readonly resources: readonly Resource[];
  /** Every scope that something of it asks for. */
  readonly scopes: readonly string[];
}

export function surfaceOf({
  tools,
  prompts = [],
  resources = [],
}: {
  readonly tools: readonly Tool[];
  readonly prompts?: readonly Prompt[];
  readonly resources?: readonly Resource[];
}): Surface {
  const catalog = new ToolCatalog(tools);
  const others = [...prompts, ...resources].flatMap(({ scope }) => (scope === undefined ? [] : [scope]));
  return { tools: catalog, prompts, resources, scopes: [...new Set([...catalog.scopes, ...others])].sort() };
}

/** Whether a caller may use what asks for this scope. */
export const isAllowed = ({ scope }: { readonly scope?: string }, { scopes }: Caller) =>
  scope === undefined || scopes.has(scope);

/** Scope that a request needs; undefined: none, or it names nothing that is here. */
export function scopeOf(surface: Surface, method: string, params: unknown): string | undefined {
  const { name, uri } = (typeof params === 'object' && params !== null ? params : {}) as {
    name?: unknown;
    uri?: unknown;
  };
  switch (method) {
    case 'tools/call':
      return typeof name === 'string' ? surface.tools.find(name)?.scope : undefined;
    case 'prompts/get':
      return surface.prompts.find((prompt) => prompt.name === name)?.scope;
    case 'resources/read':
      return surface.resources.find((resource) => !isTemplate(resource) && resource.uri === uri)?.scope;
    default:
      return undefined;
  }
}
