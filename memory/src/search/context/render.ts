import type { Passage } from '../passage.ts';

/** A passage on one line of its own: line breaks inside it could pass for another passage. */
export function line({ speaker, text, caption }: Passage): string {
  const said = speaker === undefined ? text : `${speaker}: ${text}`;
  const all = caption === undefined ? said : `${said} [image: ${caption}]`;
  return `${all.replace(/\s+/gu, ' ').trim()}\n`;
}

/** The line above the passages of a day (UTC), which they need for `yesterday` to mean something. */
export const heading = ({ at }: Passage): string =>
  at === undefined ? 'undated\n' : `${new Date(at).toISOString().slice(0, 10)}\n`;

/** In the order of time, and in a thread in its own order; what has no time is first. The same passages always give the same order. */
export function chronological(one: Passage, other: Passage): number {
  const byTime = (one.at ?? Number.NEGATIVE_INFINITY) - (other.at ?? Number.NEGATIVE_INFINITY);
  if (byTime < 0 || byTime > 0) return byTime;
  const byThread = compare(one.thread ?? '', other.thread ?? '');
  return byThread || (one.sequence ?? 0) - (other.sequence ?? 0) || compare(one.id, other.id);
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** The passages as text: a heading for each day, a line for each passage. */
export function render(passages: readonly Passage[]): string {
  const ordered = passages.toSorted(chronological);
  return ordered
    .map((passage, index) => {
      const above = heading(passage);
      const before = ordered[index - 1];
      return before && heading(before) === above ? line(passage) : above + line(passage);
    })
    .join('');
}
