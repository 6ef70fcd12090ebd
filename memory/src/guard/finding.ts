/** Something in a text that should not come back from a memory unasked. */
export interface Finding {
  /** What kind of danger it is; decides with the namespace's policy what happens to the write. */
  readonly danger: 'secret' | 'instruction' | 'echo';
  /** Which pattern, such as `github-token`. The text that matched is never repeated: it would be logged and audited. */
  readonly rule: string;
  /** UTF-16 offsets, as of `slice`. */
  readonly start: number;
  readonly end: number;
}

/** A pattern with the letters that a text must have for the pattern to be worth trying. */
export interface Rule {
  readonly rule: string;
  /** Lower case; absent: always tried. */
  readonly marks?: readonly string[];
  /** With the flag g. */
  readonly pattern: RegExp;
  /** Says no to a match that only looks like one. */
  readonly confirm?: (match: string) => boolean;
}

export function find(danger: Finding['danger'], rules: readonly Rule[], text: string): Finding[] {
  const lower = text.toLowerCase();
  const found: Finding[] = [];
  for (const { rule, marks, pattern, confirm } of rules) {
    if (marks !== undefined && !marks.some((mark) => lower.includes(mark))) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match[0];
      if (confirm !== undefined && !confirm(value)) continue;
      found.push({ danger, rule, start: match.index, end: match.index + value.length });
    }
  }
  return found;
}
