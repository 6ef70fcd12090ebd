/** `npm run release`: dev takes images that were built. */
import { join } from 'node:path';
import { promotionOrder, recordFile } from '../environments/releases.ts';
import { recordImages } from '../promotion/images.ts';
import { runCommand, UsageError } from './command.ts';

const [first] = promotionOrder;

const usage = `Writes images that were built into the release record of ${first}, by their digests; \`npm run synth\` then renders them.
What follows ${first} takes them by \`npm run promote\`.

Usage: npm run release -- NAME=DIGEST... [--json]

  NAME=DIGEST   memory=sha256:..., or memory=1.2.3@sha256:... where the image has a version; several in one argument do too

Exit codes: 0 written, or the record has them already; 1 refused, with every reason; 2 wrong usage`;

await runCommand({
  usage,
  run: (args, { json }) => {
    const words = args.flatMap((arg) => arg.split(/\s+/)).filter(Boolean);
    if (words.length === 0) throw new UsageError('name at least one image');
    const changes = recordImages(join(import.meta.dirname, '..'), words);
    if (json) console.log(JSON.stringify({ environment: first, changes }, null, 2));
    else if (changes.length === 0) console.log(`${first} has them already.`);
    else
      console.log(
        [
          ...changes.map(({ image, before, after }) => `${image}: ${before} → ${after}`),
          `${recordFile(first)} is written. To render it: npm run synth`,
        ].join('\n'),
      );
    return 0;
  },
});
