import type { Answer, Call, Question } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';

/**
 * A handle in place of a `true`: it is bound to the caller and to what exactly was shown, it ends, and a client that can ask its
 * person never gets one, so that a model cannot answer for the person.
 */
export const confirmArgument = z
  .string()
  .max(8192)
  .optional()
  .describe('The confirm handle of the answer before, after the person agreed; only for clients that cannot ask');

export const confirmation = z
  .string()
  .optional()
  .describe('Not done yet: ask the person, and repeat the call with this as confirm');

const DO = 'delete';

/** What was agreed to, if it was: by choice, or by the handle. */
export function agreed<T>(call: Call, confirm: string | undefined, state: z.ZodType<T>): T | 'declined' | undefined {
  if (call.chosen !== undefined) return call.chosen.value === DO ? state.parse(call.chosen.state) : 'declined';
  return confirm === undefined ? undefined : state.parse(call.stateOf(confirm));
}

/** Asks the person; a client that cannot ask gets the answer with a handle, and one whose person declines gets none. */
export function asking<Out>(
  message: string,
  state: unknown,
  otherwise: Answer<Out>,
  declined: Answer<Out>,
): Question<Out> {
  return {
    kind: 'question',
    message,
    choices: [
      { value: DO, title: 'Delete for good' },
      { value: 'keep', title: 'Keep' },
    ],
    state,
    otherwise,
    declined,
  };
}

/** A piece of a text for a person to recognise it by: one line that cannot pass for the server's own words. */
export function glimpse(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll('"', "'")
    .trim();
  return `"${line.length <= 60 ? line : `${line.slice(0, 60).toWellFormed()}…`}"`;
}
