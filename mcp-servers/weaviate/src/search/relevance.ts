/** One scale for every kind of search: 0 or more, larger is better. */
import type { Vector } from '../catalogue/collection.ts';

/** How near a distance is: cosine gives 1 (the same direction) to 0; the others fall from 1, or from a dot product, to 0. */
export function nearnessOf(distance: number, { distance: metric }: Pick<Vector, 'distance'>): number {
  if (metric === 'cosine') return Math.max(0, 1 - distance);
  // Weaviate gives a dot product as its negative, which has no bounds.
  if (metric === 'dot') return 1 / (1 + Math.exp(distance));
  return 1 / (1 + Math.max(0, distance));
}
