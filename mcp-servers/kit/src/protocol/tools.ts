import {
  type CallToolRequest,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ListToolsResult,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from '@modelcontextprotocol/server';
import type { CallRequest, Calls, ToBeAsked } from '../tools/calls.ts';
import type { Caller } from '../tools/tool.ts';
import type { Surface } from './surface.ts';

export interface ToolsOptions {
  readonly surface: Surface;
  readonly calls: Calls;
  readonly caller: Caller;
  readonly era: 'legacy' | 'modern';
  /** A client of the old era over HTTP that said it can be asked. */
  readonly canReply: boolean;
}

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;
/** Name of the one question of a call. */
const CHOICE = 'choice';
/** Milliseconds that a person may take for it. */
const PERSON = 10 * 60_000;

/** `tools/list` and `tools/call`. */
export function addTools(server: Server, options: ToolsOptions): void {
  const { list, call } = toolHandlers(server, options);
  server.setRequestHandler('tools/list', list);
  server.setRequestHandler('tools/call', call);
}

export function toolHandlers(server: Server, options: ToolsOptions) {
  const { surface, calls, caller, era } = options;
  const list = (): ListToolsResult => ({ tools: surface.tools.list(caller) });
  const call = async (
    { params }: CallToolRequest,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> => {
    const tool = surface.tools.find(params.name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name} not found`);
    const traceparent = traceparentOf(context);
    const request: CallRequest = {
      tool,
      given: params.arguments,
      caller,
      signal: context.mcpReq.signal,
      counted: context.http !== undefined,
      canAsk: canAsk(server, context, options),
      progress: progressOf(context),
      ...(traceparent !== undefined && { traceparent }),
    };
    const reply = replyOf(context, (state) => stateOf(calls, request, state));
    let result = await calls.call(reply === undefined ? request : { ...request, reply });
    while ('choices' in result) {
      if (era === 'modern') return question(result);
      const value = await asked(context, result);
      result = await calls.call({ ...request, reply: { value, state: stateOf(calls, request, result.state) } });
    }
    return { ...result };
  };
  return { list, call };
}

/** A client says with each request (new era) or at its beginning (old era) that it has a person to ask. */
function canAsk(server: Server, { mcpReq }: ServerContext, { era, canReply }: ToolsOptions): boolean {
  if (era === 'legacy' && canReply) return true;
  const envelope: { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
  const capabilities = era === 'modern' ? envelope[CLIENT_CAPABILITIES_META_KEY] : server.getClientCapabilities();
  const { elicitation } = capabilities ?? {};
  // Before modes existed, an empty object stood for forms.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function stateOf(calls: Calls, { tool, caller }: CallRequest, state: string): unknown {
  const opened = calls.openState(tool, caller, state);
  if (opened.ok) return opened.state;
  const data = { reason: 'invalid_request_state' };
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState', data);
}

const formOf = ({ message, choices }: ToBeAsked) => ({
  message,
  requestedSchema: {
    type: 'object' as const,
    properties: {
      [CHOICE]: {
        type: 'string' as const,
        title: 'Choice',
        oneOf: choices.map(({ value, title }) => ({ const: value, title })),
      },
    },
    required: [CHOICE],
  },
});

/** The old era: the question goes out while the call is open. @returns undefined where nobody chose */
async function asked({ mcpReq }: ServerContext, result: ToBeAsked): Promise<string | undefined> {
  try {
    const reply = await mcpReq.send(
      { method: 'elicitation/create', params: { mode: 'form', ...formOf(result) } },
      { timeout: PERSON, signal: mcpReq.signal },
    );
    const value = reply.action === 'accept' ? reply.content?.[CHOICE] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    // No reply, or none that makes sense: the tool answers as for a client without a person.
    return undefined;
  }
}

const question = (result: ToBeAsked) =>
  inputRequired({
    requestState: result.state,
    inputRequests: { [CHOICE]: inputRequired.elicit(formOf(result)) },
  });

/** What the person said; no value: declined, or closed the question. */
function replyOf({ mcpReq }: ServerContext, open: (state: string) => unknown): CallRequest['reply'] {
  const sealed = mcpReq.requestState();
  if (typeof sealed !== 'string') return undefined;
  const state = open(sealed);
  const view = inputResponse(mcpReq.inputResponses, CHOICE);
  const value = view.kind === 'elicit' && view.action === 'accept' ? view.content?.[CHOICE] : undefined;
  return { state, value: typeof value === 'string' ? value : undefined };
}

function traceparentOf({ mcpReq, http }: ServerContext): string | undefined {
  const given = mcpReq._meta?.[TRACEPARENT_META_KEY] ?? http?.req?.headers.get('traceparent');
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
}

/** Tells only what grows, as the protocol asks, and only to a client that wants to know. */
function progressOf({ mcpReq }: ServerContext): CallRequest['progress'] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let told = Number.NEGATIVE_INFINITY;
  return (progress, total, message) => {
    if (!(progress > told)) return;
    told = progress;
    const params = {
      progressToken,
      progress,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message }),
    };
    // A client that has gone away needs no progress; its call ends by its signal.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}
