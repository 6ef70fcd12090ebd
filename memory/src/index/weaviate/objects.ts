import { type DataObject, generateUuid5 } from 'weaviate-client';
import type { Candidate, IndexEntry, IndexRemoval } from '../../stores/search-index.ts';
import type { Kind, Tier } from '../../stores/store.ts';
import { never, type Properties } from './schema.ts';

/** Names an entry: the same for each of its versions, so that what comes twice is there once. */
export const objectId = ({ kind, id }: { readonly kind: Kind; readonly id: string }): string =>
  generateUuid5(`${kind}:${id}`);

type Object = DataObject<Properties> & { readonly id: string };

export function objectOf(entry: IndexEntry, stems: readonly string[], vectorName: string | undefined): Object {
  const { kind, id, tier, version, namespace, subjectId, sessionId, agentId, type, at, expiresAt, text, speaker } =
    entry;
  const vector = vectorName === undefined ? undefined : entry.vector;
  return {
    id: objectId(entry),
    properties: {
      kind,
      reference: id,
      tier,
      version,
      removed: false,
      namespace,
      ...(subjectId === undefined ? {} : { subjectId }),
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(agentId === undefined ? {} : { agentId }),
      type,
      at,
      expiresAt: expiresAt ?? never,
      stems: stems.join(' '),
      length: stems.length,
      text,
      ...(speaker === undefined ? {} : { speaker }),
      vectors: vector && vectorName ? [vectorName] : [],
    },
    ...(vector && vectorName ? { vectors: { [vectorName]: [...vector] } } : {}),
  };
}

/** @param until milliseconds since 1970: how long it is remembered */
export function removalOf({ kind, id, version }: IndexRemoval, until: number): Object {
  return {
    id: objectId({ kind, id }),
    properties: {
      kind,
      reference: id,
      tier: '',
      version,
      removed: true,
      namespace: '',
      type: '',
      at: 0,
      expiresAt: until,
      stems: '',
      length: 0,
      text: '',
      vectors: [],
    },
  };
}

export type Named = Pick<Properties, 'kind' | 'reference' | 'tier'>;

export const candidateOf = ({ kind, reference, tier }: Named): Pick<Candidate, 'kind' | 'id' | 'tier'> => ({
  kind: kind as Kind,
  id: reference,
  tier: tier as Tier,
});
