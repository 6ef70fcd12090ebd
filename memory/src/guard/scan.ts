import { fencesIn } from './fence.ts';
import type { Finding } from './finding.ts';
import { instructionsIn } from './instructions.ts';
import { secretsIn } from './secrets.ts';

/** Everything in a text that must not be recalled as it is, in the order of the text. */
export function scan(text: string): Finding[] {
  return [...secretsIn(text), ...instructionsIn(text), ...fencesIn(text)].sort((one, other) => one.start - other.start);
}

/** The text with each finding of some dangers replaced by the name of its rule. */
export function redacted(text: string, findings: readonly Finding[], dangers: readonly Finding['danger'][]): string {
  let [result, from] = ['', 0];
  for (const { danger, rule, start, end } of findings.toSorted((one, other) => one.start - other.start)) {
    if (!dangers.includes(danger) || end <= from) continue;
    result += `${text.slice(from, Math.max(from, start))}[redacted: ${rule}]`;
    from = end;
  }
  return result + text.slice(from);
}
