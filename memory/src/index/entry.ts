import type { IndexEntry, IndexRemoval } from '../stores/search-index.ts';
import type { OwnedDocument, Tier } from '../stores/store.ts';

/**
 * What the index is told about a document: an entry, that it must not find it any more, or nothing where it is not for searching.
 * Searchable are messages and memories; their bodies hold `text`, `at` and, where known, `speaker`. A semantic memory has its
 * document in the store of the long tier, and says so in `tier`.
 *
 * @param tier of the store that has the document
 */
export function indexed(
  document: OwnedDocument,
  tier: Tier,
  now: number,
): { readonly entry: IndexEntry } | { readonly removal: IndexRemoval } | undefined {
  const { tenant, kind, id, version, attributes, expiresAt, body } = document;
  if (kind === 'tombstone') {
    const of = body.of;
    return of === 'memory' || of === 'message' ? { removal: { tenant, kind: of, id, version } } : undefined;
  }
  if (kind !== 'memory' && kind !== 'message') return undefined;
  const { text, speaker, at } = body;
  const gone = expiresAt !== null && expiresAt <= now;
  if (gone || attributes.status === 'quarantined' || typeof text !== 'string') {
    return { removal: { tenant, kind, id, version } };
  }
  return {
    entry: {
      tenant,
      kind,
      id,
      tier: body.tier === 'semantic' ? 'semantic' : tier,
      version,
      namespace: attributes.namespace ?? '',
      ...(attributes.subjectId === undefined ? {} : { subjectId: attributes.subjectId }),
      ...(attributes.sessionId === undefined ? {} : { sessionId: attributes.sessionId }),
      ...(attributes.agentId === undefined ? {} : { agentId: attributes.agentId }),
      type: attributes.type ?? kind,
      at: typeof at === 'number' ? at : document.order,
      expiresAt,
      text,
      ...(typeof speaker === 'string' ? { speaker } : {}),
    },
  };
}
