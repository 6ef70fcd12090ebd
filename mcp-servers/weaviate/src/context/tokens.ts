/** Tokens of a text, exactly, in the encoding o200k_base (GPT-4o and newer); other models differ by some percent. */
export type CountTokens = (text: string) => number;

let loaded: Promise<CountTokens> | undefined;

/** Loaded with the first context: the vocabulary takes longer to load than the server to start. */
export function tokenCounter(): Promise<CountTokens> {
  loaded ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        countTokens(text, plainText),
  );
  return loaded;
}

/** What looks like a control token in a document is text like any other. */
const plainText = { disallowedSpecial: new Set<string>() };
