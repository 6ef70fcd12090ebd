import Table from 'cli-table3';
import type { Counts } from './ledger.ts';
import type { Comparison } from './read-back.ts';

export interface Line {
  readonly name: string;
  readonly counts: Counts;
  readonly comparison: Comparison;
  /** Answers that must not be. */
  readonly wrong: readonly string[];
}

const head = ['', 'acknowledged', '503', '507', 'no answer', 'reads right', 'said degraded', 'read back', 'searched'];
const never = ['wrong', 'lost', 'doubled', 'half', 'resurrected'];

/** The counts of each fault, a line each. */
export function report(lines: readonly Line[]): string {
  const table = new Table({ head: [...head, ...never], style: { head: [], border: [] } });
  for (const { name, counts, comparison, wrong } of lines) {
    const { acknowledged, refused, full, unanswered, right, degraded } = counts;
    const { readBack, searched, lost, doubled, half, resurrected } = comparison;
    table.push([
      name,
      ...[acknowledged, refused, full, unanswered, right, degraded, readBack, searched],
      ...[wrong.length, lost.length, doubled.length, half.length, resurrected.length],
    ]);
  }
  return table.toString();
}
