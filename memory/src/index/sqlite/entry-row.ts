import type { IndexFilter } from '../../stores/search-index.ts';
import type { Kind, Tier } from '../../stores/store.ts';

/** A row of `entries`. One with `removed` stands for what must not come back, and has no other values. */
export interface EntryRow {
  readonly row: number;
  readonly tenant: string;
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly tier: Tier | null;
  readonly namespace: string | null;
  readonly subject: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly type: string | null;
  readonly at: number | null;
  readonly expires: number | null;
  readonly length: number | null;
  readonly removed: number | null;
}

/** The boundary itself, on the values: the postings only narrow down what is compared here. */
export function allows(filter: IndexFilter, row: EntryRow, now: number): boolean {
  const at = row.at ?? 0;
  return (
    row.tenant === filter.tenant &&
    row.removed === null &&
    (row.expires === null || row.expires > now) &&
    among(filter.namespaces, row.namespace) &&
    among(filter.subjectIds, row.subject) &&
    among(filter.sessionIds, row.session) &&
    among(filter.agentIds, row.agent) &&
    among(filter.types, row.type) &&
    among(filter.tiers, row.tier) &&
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to)
  );
}

function among(values: readonly string[] | undefined, value: string | null): boolean {
  return values === undefined || (value !== null && values.includes(value));
}
