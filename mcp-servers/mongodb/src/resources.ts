/** Schemas as resources, for clients that read them into their context. */
import type { Resource } from '@ai-orchestra/mcp-kit';
import type { Reader } from './run/reader.ts';
import { completeCollection, scope } from './tools/parts.ts';
import { fieldsOf } from './tools/schema.ts';

/** @param ttlMs for how long the catalogue is good */
export const resourcesOf = (reader: Reader, ttlMs: number): Resource[] => [
  {
    template: 'mongodb://{collection}/schema',
    name: 'schema',
    title: 'Schema of a collection',
    description: 'Fields, types and values of a collection, as a sample of its documents has them.',
    mimeType: 'application/json',
    ttlMs,
    scope,
    complete: { collection: (start, { caller }) => completeCollection(reader)(start, { caller }) },
    async read(_uri, caller, { collection = '' }) {
      const { view } = await reader.collection(collection, caller);
      return JSON.stringify({ collection, ...fieldsOf(collection, view.catalogue) });
    },
  },
];
