import { WrongVectors } from './embedder.ts';

/** What an embedder answered, as a vector of length 1. @throws WrongVectors */
export function unitVector(url: string, dimensions: number, given: unknown): readonly number[] {
  if (!Array.isArray(given) || !given.every((value): value is number => Number.isFinite(value)))
    throw new WrongVectors(url, 'something that is no list of numbers');
  if (given.length !== dimensions) throw new WrongVectors(url, `${given.length} dimensions instead of ${dimensions}`);
  const length = Math.hypot(...given);
  if (length === 0) throw new WrongVectors(url, 'a vector of length 0');
  return given.map((value) => value / length);
}

/** Cosine of the angle between two vectors, -1 to 1; 0 where one has no length to speak of. @throws RangeError when they differ in dimensions */
export function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length)
    throw new RangeError(`vectors of ${one.length} and ${other.length} dimensions cannot be compared`);
  let [product, ownSquare, otherSquare] = [0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    const [own, theirs] = [one[index] as number, other[index] as number];
    product += own * theirs;
    ownSquare += own * own;
    otherSquare += theirs * theirs;
  }
  const lengths = Math.sqrt(ownSquare) * Math.sqrt(otherSquare);
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, product / lengths));
}
