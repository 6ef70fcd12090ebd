import { type McpRequestContext, Server, type ServerCapabilities } from '@modelcontextprotocol/server';
import { limitKey } from '../limits/limits.ts';
import type { Log } from '../telemetry/log.ts';
import type { Calls } from '../tools/calls.ts';
import type { Caller } from '../tools/tool.ts';
import { AskBack, AskingServer } from './ask-back.ts';
import { addCompletions } from './completions.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';
import type { Surface } from './surface.ts';
import { addTools } from './tools.ts';

export interface Identity {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** For a language model: what this server is for, and how its tools go together. */
  readonly instructions: string;
}

export interface ServerParts {
  readonly identity: Identity;
  readonly surface: Surface;
  readonly calls: Calls;
  readonly asks: AskBack;
  readonly log: Log;
  /** True where callers are told apart: what one is shown is not kept for another. */
  readonly private: boolean;
}

/** One server for one request (HTTP) or one connection (stdio). */
export type NewServer = (context: McpRequestContext, caller: Caller) => Server;

/** Milliseconds for which a client may keep a list: it changes with a new version of the server alone. */
const LIST_TTL = 3_600_000;

/**
 * How a server is made of what is made once a process. The SDK's `Server` is used and not its `McpServer`, which takes every tool
 * anew for each request; a server is never used for a second request, as the SDK would leak the first one's answer path.
 */
export function serverFactory({ identity, surface, calls, asks, log, private: isPrivate }: ServerParts): NewServer {
  const { name, title, version, instructions } = identity;
  const info = { name, title, version };
  const capabilities: ServerCapabilities = {
    tools: {},
    ...(surface.prompts.length > 0 && { prompts: {} }),
    ...(surface.resources.length > 0 && { resources: {} }),
    ...(completes(surface) && { completions: {} }),
  };
  const hint = { ttlMs: LIST_TTL, cacheScope: isPrivate ? 'private' : 'public' } as const;
  const options = {
    capabilities,
    instructions,
    jsonSchemaValidator: neverUsed,
    cacheHints: {
      'tools/list': hint,
      'prompts/list': hint,
      'resources/list': hint,
      'resources/templates/list': hint,
      'server/discover': hint,
    },
  };
  return (context, caller) => {
    const { era, requestInfo } = context;
    const server =
      era === 'legacy' && requestInfo !== undefined
        ? new AskingServer(info, options, asks, limitKey(caller))
        : new Server(info, options);
    const canReply = AskBack.canAsk(requestInfo?.headers.get('mcp-session-id'));
    addTools(server, { surface, calls, caller, era, canReply });
    if (capabilities.prompts) addPrompts(server, surface, caller, log);
    if (capabilities.resources) addResources(server, surface, caller, hint.cacheScope, log);
    if (capabilities.completions) addCompletions(server, surface, caller, log);
    return server;
  };
}

const completes = ({ prompts, resources }: Surface) =>
  [...prompts, ...resources].some((one) => 'complete' in one && one.complete !== undefined);

/** Saves the SDK's default validator for each request: it checks replies to questions, which the kit parses itself. */
const neverUsed = {
  getValidator(): never {
    throw new TypeError('the kit parses what a person replies itself');
  },
};
