/** Tokens of a text in o200k_base, the encoding of the budgets of this project. */
export type CountTokens = (text: string) => number;

let loaded: Promise<CountTokens> | undefined;

/** Loaded when first needed: the vocabulary takes longer to load than a server to start, and than most answers to make. */
export function tokenCounter(): Promise<CountTokens> {
  loaded ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        countTokens(text, everything),
  );
  return loaded;
}

/** A text that looks like a control token is a text. */
const everything = { disallowedSpecial: new Set<string>() };

/** No token is shorter than a byte: texts within this bound need not be counted. */
export const atMostTokens = (text: string) => Buffer.byteLength(text);
