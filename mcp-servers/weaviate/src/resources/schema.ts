import type { Resource } from '@ai-orchestra/mcp-kit';
import { describeProperties, describeVectors } from '../catalogue/describe.ts';
import { type Dependencies, SCHEMA_SCOPE } from '../tools/dependencies.ts';

/** What collections there are and how each is made, to be read into a client's context. */
export function schemaResources({ library, config }: Dependencies): readonly Resource[] {
  const ttlMs = config.MCP_CATALOGUE_SECONDS * 1000;
  return [
    {
      uri: 'weaviate://collections',
      name: 'collections',
      title: 'Collections',
      description: 'Names of the collections that can be read.',
      mimeType: 'application/json',
      ttlMs,
      scope: SCHEMA_SCOPE,
      read: async () => JSON.stringify([...(await library.collections()).keys()]),
    },
    {
      template: 'weaviate://collections/{collection}/schema',
      name: 'collection_schema',
      title: 'Schema of a collection',
      description: 'Properties and vectors of a collection, as collection_schema gives them.',
      mimeType: 'application/json',
      ttlMs,
      scope: SCHEMA_SCOPE,
      complete: { collection: (start) => library.names(start) },
      async read(_uri, _caller, { collection = '' }) {
        const visible = await library.find(collection);
        return JSON.stringify({
          name: visible.name,
          properties: describeProperties(visible.properties.values()),
          vectors: describeVectors(visible),
        });
      },
    },
  ];
}
