import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from './graph.ts';
import { pageOf } from './page.ts';

const text = fc.string({ minLength: 1, maxLength: 40 });
const graphs: fc.Arbitrary<Graph> = fc.record({
  entities: fc.uniqueArray(
    fc.record({ name: text, entityType: text, observations: fc.uniqueArray(text, { maxLength: 8 }) }),
    { selector: ({ name }) => name, maxLength: 8 },
  ),
  relations: fc.array(fc.record({ from: text, to: text, relationType: text }), { maxLength: 8 }),
});

test('all pages together are the graph, and each says where the next begins', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.integer({ min: 201, max: 400 }), async (graph, tokens) => {
      const entities = new Map<string, { entityType: string; observations: string[] }>();
      const relations: unknown[] = [];
      let from: number | undefined = 0;
      while (from !== undefined) {
        const page = await pageOf(graph, from, tokens);
        for (const { name, entityType, observations } of page.entities) {
          const known = entities.get(name) ?? { entityType, observations: [] };
          known.observations.push(...observations);
          entities.set(name, known);
        }
        relations.push(...page.relations);
        if (page.next !== undefined) expect(page.next).toBeGreaterThan(from);
        from = page.next;
      }
      expect([...entities].map(([name, rest]) => ({ name, ...rest }))).toEqual(graph.entities);
      expect(relations).toEqual(graph.relations);
    }),
    { numRuns: 60 },
  );
});
