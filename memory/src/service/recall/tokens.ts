import { countTokens as cl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as o200k } from 'gpt-tokenizer/encoding/o200k_base';

const counters = { o200k_base: o200k, cl100k_base: cl100k };
export type Encoding = keyof typeof counters;

/** Exactly as many as the models of the encoding see; marks such as `<|endoftext|>` in the text count as text. */
export function countTokens(text: string, encoding: Encoding): number {
  return counters[encoding](text, { disallowedSpecial: new Set() });
}
