import { countTokens as count } from 'gpt-tokenizer/encoding/o200k_base';

/** What looks like a control token in remembered text is text like any other. */
const plain = { disallowedSpecial: new Set<string>() };

/** Tokens of a text, exactly, in the encoding o200k_base (GPT-4o and newer); other models differ by some percent. */
export const countTokens = (text: string): number => count(text, plain);
