import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Attributes, Document, Kind } from '../store.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** The column of each attribute. */
export const columns = {
  namespace: 'namespace',
  subjectId: 'subject',
  sessionId: 'session',
  agentId: 'agent',
  type: 'type',
  status: 'status',
} as const satisfies Record<keyof Attributes, string>;

const names = Object.keys(columns) as (keyof Attributes)[];

export function documentOf(row: Row): Document {
  const attributes: Partial<Record<keyof Attributes, string>> = {};
  for (const name of names) {
    const value = row[columns[name]];
    if (typeof value === 'string') attributes[name] = value;
  }
  return {
    kind: row.kind as Kind,
    id: row.id as string,
    version: row.version as number,
    attributes,
    order: row.place as number,
    expiresAt: row.expires as number | null,
    pending: row.pending !== null,
    body: JSON.parse(row.body as string),
  };
}

/** In the order of the columns of the statement that puts a document. */
export function valuesOf(tenant: string, tier: string, document: Document, pending: number | null): SQLInputValue[] {
  const { kind, id, version, attributes, order, expiresAt, body } = document;
  return [
    tenant,
    tier,
    kind,
    id,
    version,
    ...names.map((name) => attributes[name] ?? null),
    order,
    expiresAt,
    pending,
    JSON.stringify(body),
  ];
}
