import type { PromptMessage } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import type { Caller } from '../tools/tool.ts';

/** A text that a person picks, with arguments, to begin a conversation with. */
export interface Prompt<Arguments extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Arguments come as texts; each field's `describe` is shown. */
  readonly arguments: Arguments;
  /** Scope that a token needs. @default any caller */
  readonly scope?: string;
  /** Values that an argument could have; by name of the argument. */
  readonly complete?: Readonly<Record<string, Complete>>;
  run(args: z.output<Arguments>, caller: Caller): readonly PromptMessage[] | Promise<readonly PromptMessage[]>;
}

/** Values that begin with `start`, best first; the kit shows 100 of them. `others`: arguments that are filled in already. */
export type Complete = (
  start: string,
  call: { readonly caller: Caller; readonly others: Readonly<Record<string, string>> },
) => Promise<readonly string[]>;

/** A prompt as it is, with the type of its arguments inferred for `run`. */
export function definePrompt<Arguments extends z.ZodObject>(prompt: Prompt<Arguments>): Prompt<Arguments> {
  return prompt;
}
