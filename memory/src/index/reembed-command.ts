import { formatProblem, parseEnvironment } from '@ai-orchestra/configuration';
import { memoryConfig } from '../config.ts';
import { openEmbedder } from '../relay/embedder.ts';
import { openWeaviate } from '../resilience/tiers.ts';
import { indexedStems } from '../search/analysis/analyse.ts';
import { reembed } from './reembed.ts';

const help = `npm run reembed -w memory

Gives every entry of the search index (Weaviate) a vector of the embedder that MEMORY_EMBEDDER_* name, beside those it has.
Run it with the new model before the service is started with it, and once more after.
It goes on where it was stopped.

  0  every entry has its vector
  1  some changed meanwhile: run it again
  2  the environment is not right
`;

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const parsed = parseEnvironment(memoryConfig, process.env);
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problems.map(formatProblem).join('\n')}\n`);
    return 2;
  }
  const { value: config } = parsed;
  const embedder = openEmbedder(config);
  if (config.MEMORY_STORE !== 'tiers' || embedder === undefined) {
    process.stderr.write('Nothing to embed with: set MEMORY_STORE=tiers, and MEMORY_EMBEDDER and what it needs.\n');
    return 2;
  }
  const stems = (entry: { readonly text: string; readonly speaker?: string }) => indexedStems({ id: '', ...entry });
  const index = openWeaviate(config, { stems, now: Date.now });
  try {
    const { embedded, left } = await reembed({ index, embedder, onProgress: show });
    process.stdout.write(`\n${embedded} entries got a vector of ${embedder.model}; ${left} have none.\n`);
    return left === 0 ? 0 : 1;
  } finally {
    await index.close();
  }
}

function show(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} `);
  else if (done % 6400 === 0) process.stderr.write(`${done} of ${total}\n`);
}

process.exitCode = await main();
