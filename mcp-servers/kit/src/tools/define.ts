import type * as z from 'zod';
import type { Tool } from './tool.ts';

/** A tool as it is, with the types of its input and output inferred from its schemas for `run`. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
