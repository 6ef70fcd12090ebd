/** The server over HTTP, with every collection and the policy of the tests, and short ways to ask it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerUnderTest, startForTest } from '@ai-orchestra/mcp-kit/testing';
import { expect } from 'vitest';
import { weaviateServer } from '../server.ts';
import { type Bed, createCollections, policyYaml, startBed } from './collections.fixture.ts';

export interface Row {
  readonly [name: string]: unknown;
  readonly _id: string;
  readonly _score: number;
}

export interface Answered {
  readonly isError: boolean;
  readonly structured: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Searched {
  readonly searched: string;
  readonly notes: readonly string[];
  readonly rows: { readonly trust: string; readonly rows: readonly Row[]; readonly cursor?: string };
}

export interface Asked {
  readonly bed: Bed;
  readonly server: ServerUnderTest;
  /** Of the articles, in their order. */
  readonly ids: readonly string[];
  ask(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answered>;
  /** @throws where it is refused */
  answered(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answered>;
  /** What the refusal says. @throws where it is answered */
  refused(tool: string, args: Readonly<Record<string, unknown>>): Promise<string>;
  /** A search of the articles, unless another collection is named. */
  found(args: Readonly<Record<string, unknown>>, tool?: string): Promise<Searched>;
  stop(): Promise<void>;
}

export const titles = ({ rows }: Searched) => rows.rows.map(({ title }) => title);

export async function startAsked(): Promise<Asked> {
  const bed = await startBed();
  const ids = await createCollections(bed.client);
  const folder = mkdtempSync(join(tmpdir(), 'mcp-weaviate-'));
  writeFileSync(join(folder, 'policy.yaml'), policyYaml);
  const server = await startForTest(weaviateServer, {
    ...bed.environment,
    MCP_POLICY_FILE: join(folder, 'policy.yaml'),
    MCP_RATE_LIMIT_PER_SECOND: '1000',
  });

  const ask: Asked['ask'] = async (tool, args) => {
    const { isError, structuredContent, content } = await server.call(tool, args);
    const text = (content as { readonly text?: string }[]).map((one) => one.text ?? '').join('\n');
    return { isError: isError === true, structured: structuredContent as Readonly<Record<string, unknown>>, text };
  };
  const answered: Asked['answered'] = async (tool, args) => {
    const answer = await ask(tool, args);
    expect(answer.isError, answer.text).toBe(false);
    return answer;
  };
  return {
    bed,
    server,
    ids,
    ask,
    answered,
    async refused(tool, args) {
      const answer = await ask(tool, args);
      expect(answer.isError, JSON.stringify(answer.structured)).toBe(true);
      return answer.text;
    },
    async found(args, tool = 'search') {
      const { structured } = await answered(tool, { collection: 'Articles', ...args });
      return structured as unknown as Searched;
    },
    async stop() {
      await server.stop();
      await bed.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
