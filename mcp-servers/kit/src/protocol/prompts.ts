import {
  type GetPromptRequest,
  type GetPromptResult,
  type ListPromptsResult,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
} from '@modelcontextprotocol/server';
import type { Log } from '../telemetry/log.ts';
import { parseArguments } from '../tools/arguments.ts';
import type { Caller } from '../tools/tool.ts';
import { asProtocolError } from './failures.ts';
import { isAllowed, type Surface } from './surface.ts';

/** `prompts/list` and `prompts/get`. */
export function addPrompts(server: Server, surface: Surface, caller: Caller, log: Log): void {
  const { list, get } = promptHandlers(surface, caller, log);
  server.setRequestHandler('prompts/list', list);
  server.setRequestHandler('prompts/get', get);
}

export function promptHandlers({ prompts }: Surface, caller: Caller, log: Log) {
  const list = (): ListPromptsResult => ({
    prompts: prompts
      .filter((prompt) => isAllowed(prompt, caller))
      .map(({ name, title, description, arguments: { shape } }) => ({
        name,
        title,
        description,
        arguments: Object.entries(shape).map(([argument, field]) => ({
          name: argument,
          ...(field.description !== undefined && { description: field.description }),
          required: !field.safeParse(undefined).success,
        })),
      })),
  });
  const get = async ({ params }: GetPromptRequest): Promise<GetPromptResult> => {
    const prompt = prompts.find((one) => one.name === params.name && isAllowed(one, caller));
    if (prompt === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Prompt ${params.name} not found`);
    const messages = await asProtocolError(log, `Prompt ${prompt.name}`, () =>
      prompt.run(parseArguments(prompt.arguments, params.arguments), caller),
    );
    return { description: prompt.description, messages: [...messages] };
  };
  return { list, get };
}
