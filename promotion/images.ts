/** What was built goes into the record of the first environment: from there it is promoted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, type Problem } from '../environments/problem.ts';
import {
  type OwnImage,
  ownImages,
  parseRelease,
  promotionOrder,
  recordFile,
  recordText,
} from '../environments/releases.ts';
import { replaceFile } from './write.ts';

const [first] = promotionOrder;

export interface ImageChange {
  readonly image: OwnImage;
  readonly before: string;
  readonly after: string;
}

/**
 * Writes images into the first environment's record; all, or none.
 * @param given `memory=sha256:...` or `memory=1.2.3@sha256:...`, one for each image
 * @returns what differs from before; the record is not touched where nothing does
 * @throws InvalidInput with every mistake
 */
export function recordImages(root: string, given: readonly string[]): readonly ImageChange[] {
  const file = join(root, recordFile(first));
  const record = JSON.parse(readFileSync(file, 'utf8')) as { readonly images: Readonly<Record<string, string>> };
  const wanted = new Map<string, string>();
  const problems: Problem[] = [];
  for (const word of given) {
    const [image = '', pin] = word.split('=', 2);
    const known = ownImages.some((name) => name === image);
    if (pin === undefined || !known || wanted.has(image))
      problems.push({
        path: word,
        given: wanted.has(image) ? `${image} a second time` : known ? 'no digest' : `an image '${image}'`,
        allowed: `one NAME=DIGEST for each of ${ownImages.join(', ')}`,
        fix: 'name the image as environments/releases.ts does, and the digest that the registry printed',
      });
    wanted.set(image, pin ?? '');
  }
  if (problems.length > 0) throw new InvalidInput('the images', problems);
  const next = { ...record, images: { ...record.images, ...Object.fromEntries(wanted) } };
  const parsed = parseRelease(next, first);
  if (parsed.release === undefined) throw new InvalidInput('the images', parsed.problems);
  const changes = [...wanted].flatMap(([image, after]) => {
    const before = record.images[image] ?? '';
    return before === after ? [] : [{ image: image as OwnImage, before, after }];
  });
  if (changes.length > 0) replaceFile(file, recordText(parsed.release));
  return changes;
}
