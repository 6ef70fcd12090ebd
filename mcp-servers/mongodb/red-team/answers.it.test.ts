/** Random pipelines and policies through the real server: its answers beside an evaluation in memory of what the caller may see. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForTest } from '@ai-orchestra/mcp-kit/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../../../testbed/skip.ts';
import { CANARY, type Document, data, pipeline, policies, restricted, run } from '../src/policy/random.fixture.ts';
import { mongodbServer } from '../src/server.ts';
import { type Bed, database, startBed } from '../src/testing/bed.fixture.ts';

const ROUNDS = 8;
const PIPELINES = 120;

/** What mongo-java-server does not have, and what depends on the order in which a server finds documents. */
const left = /\$(unionWith|graphLookup|limit|skip|sort|unset|replaceWith|bucket)/;

interface Structured {
  readonly rows: { readonly rows: readonly Document[] };
}

describe.skipIf(skipped('mongo-java-server'))('answers of the server', () => {
  let bed: Bed;
  let folder: string;
  beforeAll(async () => {
    bed = await startBed({});
    folder = mkdtempSync(join(tmpdir(), 'answers-'));
  });
  afterAll(async () => {
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('have no row and no field outside the policy, and all within', async () => {
    const rounds = fc.sample(fc.tuple(data, policies), { numRuns: ROUNDS, seed: 11 });
    const pipelines = fc
      .sample(pipeline, { numRuns: ROUNDS * PIPELINES * 3, seed: 12 })
      .filter((stages) => !left.test(JSON.stringify(stages)));
    let [alike, alikeOnServer, refused] = [0, 0, 0];
    for (const [round, [all, { choices, policy }]] of rounds.entries()) {
      await bed.client.db(database).dropDatabase();
      await bed.insert(all);
      const file = join(folder, `${round}.yaml`);
      // A caller on this machine has no token: the rows are those of one tenant by the policy's own word.
      writeFileSync(file, JSON.stringify(policy).replaceAll('{"caller":"tenant"}', '"x"'));
      const server = await startForTest(mongodbServer, {
        ...bed.environment,
        MCP_POLICY_FILE: file,
        MCP_OUTPUT_TOKENS: '200000',
      });
      const visible = restricted(all, choices);
      await bed.client.db('visible').dropDatabase();
      for (const [name, documents] of Object.entries(visible))
        if (documents.length > 0)
          await bed.client
            .db('visible')
            .collection(name)
            .insertMany(documents.map((one) => ({ ...one })));
      for (const stages of pipelines.slice(round * PIPELINES, (round + 1) * PIPELINES)) {
        const { structuredContent, content, isError } = await server.call('aggregate', {
          collection: 'a',
          pipeline: stages,
        });
        const written = JSON.stringify([structuredContent ?? null, content]);
        expect(
          written.replaceAll(`"${CANARY}"`, '').replaceAll(`'${CANARY}'`, ''),
          JSON.stringify(stages),
        ).not.toContain(`${CANARY}`);
        if (Object.values(choices).every(({ rows }) => rows)) expect(written).not.toContain('FOREIGN');
        if (isError) {
          refused++;
          continue;
        }
        const { rows } = (structuredContent as unknown as Structured).rows;
        const expected = run(stages, visible, 'a');
        if (expected !== 'error' && same(rows, expected)) alike++;
        else {
          // mingo takes `$push` of what is not there, and `$exists` of empty lists, in another way than servers do.
          const copy = await bed.client.db('visible').collection('a').aggregate(stages).toArray();
          expect(canonical(rows), JSON.stringify(stages)).toEqual(canonical(copy));
          alikeOnServer++;
        }
      }
      await server.stop();
    }
    process.stdout.write(
      `${alike} answers as in memory, ${alikeOnServer} as on a copy of what is visible, ${refused} refused\n`,
    );
    expect(alike).toBeGreaterThan(400);
    expect(alikeOnServer).toBeLessThan(alike / 10);
  }, 200_000);
});

/** Whether two answers have the same rows, in whatever order a server finds them. */
const same = (one: readonly unknown[], other: readonly unknown[]) => canonical(one) === canonical(other);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .map(([key, item]) => `${key}:${canonical(item)}`)
    .toSorted()
    .join()}}`;
}
