/** Rounds of questions of the new era, with state sealed as the kit seals it. */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Signed } from '../src/signing/signed.ts';
import { type BareTool, said } from './bare-tools.ts';

const binding = { principal: 'local', use: 'conformance' };

const ask = (message: string, property: string) =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] },
  });
const confirm = inputRequired.elicit({
  message: 'Please confirm',
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});
const sample = (text: string) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 50 });

const accepted = ({ mcpReq }: ServerContext, key: string, property: string) =>
  acceptedContent<Record<string, unknown>>(mcpReq.inputResponses, key)?.[property];

export function inputRequiredTools(signed: Signed): Readonly<Record<string, BareTool>> {
  const seal = (state: unknown) => signed.seal(state, binding);
  /** @throws {ProtocolError} -32602 where the state was changed */
  const stateOf = ({ mcpReq }: ServerContext): unknown => {
    const sealed = mcpReq.requestState();
    if (typeof sealed !== 'string') return undefined;
    const opened = signed.open(sealed, binding);
    if (opened.ok) return opened.state;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState');
  };
  const confirmed: BareTool = (_args, context) => {
    const state = stateOf(context);
    if (state !== undefined && accepted(context, 'confirm', 'ok') !== undefined) return said('state-ok');
    return inputRequired({
      inputRequests: { confirm },
      requestState: seal('asked'),
    });
  };
  return {
    test_missing_capability: (_args, { mcpReq }) =>
      mcpReq.inputResponses?.answer === undefined
        ? inputRequired({ inputRequests: { answer: sample('Reply with pong') } })
        : said('sampled'),
    test_input_required_result_elicitation(_args, context) {
      const name = accepted(context, 'user_name', 'name');
      if (typeof name === 'string') return said(`Hello, ${name}!`);
      return inputRequired({ inputRequests: { user_name: ask('What is your name?', 'name') } });
    },
    test_input_required_result_sampling: (_args, { mcpReq }) =>
      mcpReq.inputResponses?.capital_question === undefined
        ? inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?') } })
        : said(`Sampling response: ${JSON.stringify(mcpReq.inputResponses.capital_question)}`),
    test_input_required_result_list_roots: (_args, { mcpReq }) =>
      mcpReq.inputResponses?.client_roots === undefined
        ? inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
        : said(`Roots: ${JSON.stringify(mcpReq.inputResponses.client_roots)}`),
    test_input_required_result_request_state: confirmed,
    test_input_required_result_tampered_state: confirmed,
    test_input_required_result_multiple_inputs(_args, context) {
      const { inputResponses } = context.mcpReq;
      const name = accepted(context, 'user_name', 'name');
      if (
        typeof name === 'string' &&
        inputResponses?.greeting !== undefined &&
        inputResponses.client_roots !== undefined
      ) {
        return said(`Greeted ${name}`);
      }
      return inputRequired({
        inputRequests: {
          user_name: ask('What is your name?', 'name'),
          greeting: sample('Generate a greeting'),
          client_roots: inputRequired.listRoots(),
        },
        requestState: seal('asked'),
      });
    },
    test_input_required_result_multi_round(_args, context) {
      const round = stateOf(context);
      if (round === undefined) {
        return inputRequired({ inputRequests: { step1: ask('What is your name?', 'name') }, requestState: seal(1) });
      }
      if (round === 1) {
        return inputRequired({ inputRequests: { step2: ask('Which colour?', 'color') }, requestState: seal(2) });
      }
      return said(`Complete: ${String(accepted(context, 'step2', 'color'))}`);
    },
    test_input_required_result_capabilities(_args, { mcpReq }) {
      if (mcpReq.inputResponses !== undefined) return said('Fulfilled.');
      const envelope: { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
      const { elicitation, sampling, roots } = envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
      const inputRequests: InputRequests = {
        ...(elicitation !== undefined && { user_name: ask('What is your name?', 'name') }),
        ...(sampling !== undefined && { greeting: sample('Generate a greeting') }),
        ...(roots !== undefined && { client_roots: inputRequired.listRoots() }),
      };
      return Object.keys(inputRequests).length === 0 ? said('Nothing can be asked.') : inputRequired({ inputRequests });
    },
  };
}

/** The prompt that asks before it is given. */
export function askingPrompt(context: ServerContext) {
  const given = accepted(context, 'user_context', 'context');
  if (typeof given !== 'string') {
    const asked: InputRequiredResult = inputRequired({
      inputRequests: { user_context: ask('What context should the prompt use?', 'context') },
    });
    return asked;
  }
  return {
    messages: [{ role: 'user' as const, content: { type: 'text' as const, text: `Use the context: ${given}` } }],
  };
}
