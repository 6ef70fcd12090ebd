/** Real calls to what runs: as an agent makes them, with a token of the account that agents have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { IntegrationError, MCPIntegration } from '../../mcp-servers/client/src/index.ts';
import { createMemoryClient, MemoryProblem, MemoryUnreachable } from '../../memory/src/client/client.ts';
import type { Kubectl } from '../argo-cd/kubectl.ts';
import type { Reach, Service } from './reach.ts';
import type { Tell } from './stage.ts';

const namespace = 'superagi';
/** Agents are this account; the memory service and the MCP servers know it as a tenant. */
const account = 'superagi';

interface Asked {
  /** Without a slash at its end. */
  readonly url: string;
  /** Empty where the call needs none. */
  readonly token: string;
}

export interface Call extends Service {
  /** Whom the token has to be made for. @default no token is needed */
  readonly audience?: string;
  /** @returns what answered, in a few words */
  ask(asked: Asked): Promise<string>;
}

/** Milliseconds for one answer. */
const PATIENCE = 30_000;

const environmentAnswer = z.object({ env: z.string() });

const mcp = (name: 'mongodb' | 'weaviate' | 'memory', ask: (mcp: MCPIntegration) => Promise<string>): Call => ({
  namespace,
  name: `mcp-${name}`,
  port: 8080,
  audience: 'mcp',
  async ask({ url, token }) {
    const folder = mkdtempSync(join(tmpdir(), 'token-'));
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const client = new MCPIntegration({
      [`${name}Url`]: `${url}/mcp`,
      tokenFile,
      timeoutMilliseconds: PATIENCE,
    });
    try {
      return await ask(client);
    } finally {
      await client.close();
      rmSync(folder, { recursive: true });
    }
  },
});

const readable = (structured: Readonly<Record<string, unknown>>): number => {
  const { rows } = z.object({ rows: z.array(z.unknown()) }).parse(structured.collections ?? structured.rows);
  return rows.length;
};

/** @param mode of SuperAGI, as its settings say: `PROD` */
export function callsOf(mode: string): readonly Call[] {
  return [
    {
      namespace,
      name: 'superagi',
      port: 8001,
      async ask({ url }) {
        const response = await fetch(`${url}/configs/get/env`, { signal: AbortSignal.timeout(PATIENCE) });
        if (!response.ok)
          throw new CallRefused(`answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
        const { env } = environmentAnswer.parse(await response.json());
        if (env !== mode) throw new CallRefused(`says that it runs as ${env}, and its settings say ${mode}`);
        return `runs as ${env}`;
      },
    },
    {
      namespace,
      name: 'memory',
      port: 8080,
      audience: 'memory',
      async ask({ url, token }) {
        const client = createMemoryClient({ baseUrl: url, token, timeoutMilliseconds: PATIENCE });
        const text = 'The deployment asked whether memory works';
        const written = await client.createMemories({
          body: { memories: [{ text, tier: 'short', subjectId: 'deployment-check' }] },
        });
        const [made] = written.body.memories;
        if (made === undefined) throw new CallRefused('stored nothing');
        const memory = { params: { memoryId: made.id } };
        try {
          const { body } = await client.getMemory(memory);
          if (body.text !== text) throw new CallRefused('gave another text back than it was given');
        } finally {
          await client.deleteMemory({ ...memory, ifMatch: '*' });
        }
        return 'kept a memory, gave it back, and forgot it';
      },
    },
    mcp('mongodb', async (client) => {
      const { structured } = await client.call('mongodb', 'list_collections');
      return `reads MongoDB: ${readable(structured)} collections`;
    }),
    mcp('weaviate', async (client) => {
      const { structured } = await client.call('weaviate', 'list_collections');
      return `reads Weaviate: ${readable(structured)} collections`;
    }),
    mcp('memory', async (client) => {
      const { rows } = await client.call('memory', 'recall', { query: 'what did the deployment ask?', limit: 1 });
      return `recalls: ${rows.length} of at most 1`;
    }),
  ];
}

/** Something answered, and not as it should. */
class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

export interface CallResult {
  readonly service: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** What answered, or what was wrong. */
  readonly said: string;
}

export interface CallOptions {
  readonly calls: readonly Call[];
  readonly kubectl: Kubectl;
  readonly reach: Reach;
  /** Milliseconds before each further try: what has just become ready may refuse the first. @default 2, 5 and 10 seconds */
  readonly waits?: readonly number[];
}

/** All calls at the same time; one that fails does not end the others. */
export function makeCalls(options: CallOptions, tell: Tell): Promise<readonly CallResult[]> {
  return Promise.all(
    options.calls.map(async (call) => {
      const result = await patiently(call, options);
      tell(`${result.ok ? 'ok' : '!!'} ${result.service} ${result.said} (${result.milliseconds} ms)`);
      return result;
    }),
  );
}

async function patiently(
  call: Call,
  { kubectl, reach, waits = [2000, 5000, 10_000] }: CallOptions,
): Promise<CallResult> {
  for (const [attempt, wait] of [...waits.entries(), [waits.length, 0] as const]) {
    const started = performance.now();
    const result = (ok: boolean, said: string) => ({
      service: call.name,
      ok,
      said,
      milliseconds: Math.round(performance.now() - started),
    });
    try {
      return result(true, await once(call, kubectl, reach));
    } catch (error) {
      if (attempt === waits.length) return result(false, saidBy(error));
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  throw new TypeError('the last attempt ends the loop');
}

async function once(call: Call, kubectl: Kubectl, reach: Reach): Promise<string> {
  const token =
    call.audience === undefined
      ? ''
      : await kubectl([
          ...['create', 'token', account, '--namespace', namespace],
          // The shortest that the API server gives.
          ...[`--audience=${call.audience}`, '--duration=10m'],
        ]);
  const way = await reach(call);
  try {
    return await call.ask({ url: way.url, token: token.trim() });
  } finally {
    await way.close();
  }
}

function saidBy(error: unknown): string {
  if (error instanceof IntegrationError) return [error.message, error.fix].filter(Boolean).join(' ');
  if (error instanceof MemoryProblem || error instanceof MemoryUnreachable) return error.message;
  if (error instanceof z.ZodError) return `answered something else than it should: ${z.prettifyError(error)}`;
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return [message, cause?.message || cause?.code].filter(Boolean).join(': ');
}
