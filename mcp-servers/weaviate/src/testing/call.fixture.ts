/** Calls as the kit makes them, for tools that a test runs by themselves. */
import { type Answer, type Call, type Caller, type Tool, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type * as z from 'zod';

/** A caller with a tenant, as a token would name it. */
export const callerOf = (tenant?: string, principal = `user of ${tenant ?? 'nobody'}`): Caller => ({
  principal,
  ...(tenant === undefined ? {} : { tenant }),
  scopes: new Set(),
  claims: {},
});

export function callOf(
  caller: Caller,
  signal: AbortSignal = new AbortController().signal,
  now: () => number = Date.now,
): Call {
  return {
    caller,
    signal,
    now,
    progress: () => {},
    cursorOf: (state) => JSON.stringify({ who: caller.principal, state }),
    stateOf(cursor) {
      const { who, state } = JSON.parse(cursor) as { readonly who: string; readonly state: unknown };
      if (who !== caller.principal) throw new ToolRefusal('cursor', 'It is another caller’s.', 'Search anew.');
      return state;
    },
  };
}

/** Runs a tool with arguments as a client would give them. */
export async function run<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
  given: unknown,
  call: Call,
): Promise<Answer<z.output<Output>>> {
  const parsed = tool.input.safeParse(given);
  if (!parsed.success) throw new ToolRefusal('argument', parsed.error.message, 'Correct it.');
  const result = await tool.run(parsed.data, call);
  if (result.kind !== 'answer') throw new Error('it asks back');
  // What the kit checks before it answers.
  tool.output.parse(result.structured);
  return result;
}
