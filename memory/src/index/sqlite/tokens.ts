import { createHash } from 'node:crypto';
import type { IndexEntry, IndexFilter } from '../../stores/search-index.ts';

/**
 * What the full-text table holds of an entry: each stem once for its tenant and once for its subject, so that a search walks
 * only the postings of who is asked about, and one token for each value that a search may filter by.
 *
 * Names are hashed to 64 bits to be short and without delimiters. Rows found are compared with the filter itself, so two names
 * with the same hash could cost time, and show nothing.
 */
export function tokensOf(entry: IndexEntry, stems: Iterable<string>): string {
  const scopes = scopesOf(entry);
  const tokens = [...scopes, ...filterTokens(entry)];
  for (const stem of new Set(stems)) for (const scope of scopes) tokens.push(wordToken(scope, stem));
  return tokens.join(' ');
}

/** That of the tenant, and of the subject where there is one. */
export function scopesOf({ tenant, subjectId }: Pick<IndexEntry, 'tenant' | 'subjectId'>): readonly string[] {
  return subjectId === undefined ? [token('t', tenant)] : [token('t', tenant), token('s', tenant, subjectId)];
}

/** Subjects beyond which a search walks the postings of the tenant instead of one list for each. */
const MOST_SUBJECTS = 16;

/** The scopes whose postings together hold everything that the filter lets pass. */
export function searchedScopes({ tenant, subjectIds }: IndexFilter): readonly string[] {
  if (subjectIds === undefined || subjectIds.length > MOST_SUBJECTS) return [token('t', tenant)];
  return [...new Set(subjectIds)].map((subject) => token('s', tenant, subject));
}

/** A condition of the full-text query language that every entry meets which the filter lets pass; empty: none. */
export function condition(filter: IndexFilter): string {
  const { tenant } = filter;
  const any = (prefix: string, values: readonly string[] | undefined) =>
    values === undefined ? [] : [values.map((value) => `"${token(prefix, tenant, value)}"`).join(' OR ')];
  const months = monthsBetween(filter.from, filter.to)?.map((month) => `"${month}"`);
  return [
    ...any('n', filter.namespaces),
    ...any('e', filter.sessionIds),
    ...any('a', filter.agentIds),
    ...any('y', filter.types),
    ...any('r', filter.tiers),
    ...(months === undefined ? [] : [months.join(' OR ')]),
  ]
    .map((part) => `(${part})`)
    .join(' AND ');
}

export function wordToken(scope: string, stem: string): string {
  // The tokenizer ends a token at any other sign below 128, and keeps all above.
  const safe = stem.slice(0, 100).replace(/[^a-z0-9\u0080-\u{10ffff}]/gu, (sign) => `_${sign.codePointAt(0)}_`);
  return `${scope}_${safe}`;
}

function filterTokens({ tenant, namespace, sessionId, agentId, type, tier, at }: IndexEntry): string[] {
  return [
    token('n', tenant, namespace),
    ...(sessionId === undefined ? [] : [token('e', tenant, sessionId)]),
    ...(agentId === undefined ? [] : [token('a', tenant, agentId)]),
    token('y', tenant, type),
    token('r', tenant, tier),
    monthOf(at),
  ];
}

/** Months beyond which only the times themselves are compared. */
const MOST_MONTHS = 60;

function monthOf(at: number): string {
  const date = new Date(at);
  return `m${date.getUTCFullYear() * 12 + date.getUTCMonth()}`.replace('-', '_');
}

function monthsBetween(from: number | undefined, to: number | undefined): string[] | undefined {
  if (from === undefined || to === undefined || to <= from) return undefined;
  const months: string[] = [];
  const end = new Date(to - 1);
  const last = end.getUTCFullYear() * 12 + end.getUTCMonth();
  const start = new Date(from);
  for (let month = start.getUTCFullYear() * 12 + start.getUTCMonth(); month <= last; month += 1) {
    if (months.length === MOST_MONTHS) return undefined;
    months.push(`m${month}`.replace('-', '_'));
  }
  return months;
}

const MOST_KNOWN = 20_000;
const known = new Map<string, string>();

function token(prefix: string, ...names: readonly string[]): string {
  const name = JSON.stringify([prefix, ...names]);
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = prefix + createHash('sha256').update(name).digest('hex').slice(0, 16);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}
