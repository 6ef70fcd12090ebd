import { ProtocolError, ProtocolErrorCode, type Server } from '@modelcontextprotocol/server';
import { visible } from '../output/neutralise.ts';
import { isTemplate } from '../resources/resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { Caller } from '../tools/tool.ts';
import { asProtocolError } from './failures.ts';
import { isAllowed, type Surface } from './surface.ts';

/** The protocol takes no more values of one completion. */
const MOST = 100;

/** `completion/complete` for arguments of prompts and variables of resource templates. */
export function addCompletions(server: Server, surface: Surface, caller: Caller, log: Log): void {
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context } }) => {
    const complete = completersOf(surface, caller, ref)?.[argument.name];
    if (complete === undefined) return { completion: { values: [], total: 0, hasMore: false } };
    const others = context?.arguments ?? {};
    const found = await asProtocolError(log, `Completion of ${argument.name}`, () =>
      complete(argument.value, { caller, others }),
    );
    const values = found.slice(0, MOST).map(visible);
    return { completion: { values, total: found.length, hasMore: found.length > MOST } };
  });
}

type Reference =
  | { readonly type: 'ref/prompt'; readonly name: string }
  | { readonly type: 'ref/resource'; readonly uri: string };

function completersOf({ tools, prompts, resources }: Surface, caller: Caller, ref: Reference) {
  if (ref.type === 'ref/prompt') {
    const prompt = prompts.find((one) => one.name === ref.name && isAllowed(one, caller));
    if (prompt !== undefined) return prompt.complete;
    // The protocol has no reference to a tool: whoever knows one asks by its name.
    const tool = tools.find(ref.name);
    if (tool !== undefined && isAllowed(tool, caller)) return tool.complete;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${ref.name} not found`);
  }
  for (const resource of resources) {
    if (!isAllowed(resource, caller)) continue;
    if (isTemplate(resource) && resource.template === ref.uri) return resource.complete;
    if (!isTemplate(resource) && resource.uri === ref.uri) return undefined;
  }
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Resource ${ref.uri} not found`);
}
