/** Random pipelines, policies and data: what is answered is what the same pipeline gives over the caller's part of the data alone. */
import { ToolRefusal } from '@ai-orchestra/mcp-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessOf } from './access.ts';
import { applyPolicy } from './apply.ts';
import { handOut } from './hand-out.ts';
import type { Policy } from './policy.ts';
import {
  CANARY,
  caller,
  type Data,
  type Document,
  data,
  names,
  pathsOf,
  pipeline,
  policies,
  restricted,
  run,
} from './random.fixture.ts';

interface Case {
  readonly all: Data;
  readonly policy: Policy;
  readonly stages: readonly Document[];
}

/** The answer of the server's own code, or undefined where it refuses. */
function answer(
  { all, policy, stages }: Case,
  known: (name: string) => readonly string[],
): Document[] | 'error' | undefined {
  const access = accessOf(policy, caller);
  try {
    const query = applyPolicy(
      { operation: 'aggregate', collection: 'a', pipeline: stages },
      {
        access,
        knownPaths: known, // mingo reads localField and pipeline together in a way of its own.
        dialect: { conciseLookup: false },
        documents: 10_000,
      },
    );
    if (query.operation !== 'aggregate') throw new Error('an aggregate stays one');
    const denies = (name: string) => names.some((one) => access.collection(one)?.deniesName(name));
    const rows = run(query.pipeline, all, 'a');
    return rows === 'error' ? rows : rows.map((row) => handOut(row, denies));
  } catch (error) {
    if (error instanceof ToolRefusal) return undefined;
    throw error;
  }
}

describe('random pipelines, policies and data', () => {
  it('give what the pipeline gives over the data that the caller may see', () => {
    let answered = 0;
    let withRows = 0;
    fc.assert(
      fc.property(data, policies, pipeline, (all, { policy, choices }, stages) => {
        const expectation = () => run(stages, restricted(all, choices), 'a');
        const rows = answer({ all, policy, stages }, (name) => pathsOf(all[name] ?? []));
        if (!rows) return;
        answered++;
        if (rows.length > 0) withRows++;
        expect(rows).toEqual(expectation());
        expect(JSON.stringify(rows)).not.toContain(CANARY);
      }),
      { numRuns: 4000, seed: 20_260_723 },
    );
    // A policy that refuses everything would be safe, and of no use.
    expect(answered).toBeGreaterThan(800);
    expect(withRows).toBeGreaterThan(400);
  }, 120_000);

  it('show nothing that is hidden where no sample had seen it', () => {
    fc.assert(
      fc.property(data, policies, pipeline, (all, { policy, choices }, stages) => {
        const rows = answer({ all, policy, stages }, () => ['_id', 't', 'n', 's', 'mark']) ?? [];
        const written = JSON.stringify(rows);
        expect(written).not.toContain(CANARY);
        if (choices.a?.rows && choices.b?.rows && choices.c?.rows) expect(written).not.toContain('FOREIGN');
      }),
      { numRuns: 3000, seed: 20_260_723 },
    );
  }, 120_000);
});
