/** Names with `*` for any characters, as a policy has them. */
export type Matches = (text: string) => boolean;

/** Whether a text is one of the patterns; `*` stands for any characters, dots too, everything else for itself. */
export function matcher(patterns: readonly string[]): Matches {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split(/\*+/));
  return (text) => exact.has(text) || globs.some((parts) => matchesParts(text, parts));
}

/** Compares from left to right, without backtracking: each part is found at its first place behind the one before. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
