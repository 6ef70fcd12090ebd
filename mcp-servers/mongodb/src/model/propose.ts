/**
 * A language model proposes a plan where the rules found none. What it says is a stranger's word: it is read as a plan or not at all,
 * and names of collections and fields that the caller may not see are as unknown to it as any other.
 */
import { type Log, told } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { type Plan, planSchema } from '../plan/plan.ts';
import { fieldsOf } from '../tools/schema.ts';

export interface ModelOptions {
  readonly model: string;
  /** Without `/chat/completions`. */
  readonly url: string;
  readonly apiKey?: string;
  readonly log: Log;
  now(): number;
}

/** Milliseconds for an answer. */
const ANSWERED_WITHIN = 15_000;
/** Tokens of an answer; a plan has a few hundred. */
const MOST_TOKENS = 1500;
const MOST_BYTES = 64 * 1024;
/** Questions that are passed on in a minute, of all callers together. */
export const PER_MINUTE = 30;
/** Characters of the catalogue that are sent. */
const MOST_CATALOGUE = 24_000;

const answer = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().max(MOST_BYTES) }) })).min(1),
});

const instructions = `You turn a question into a query plan. Answer with one JSON object after this JSON Schema and nothing else:
${JSON.stringify(z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' }))}
Use only collections and fields of the catalogue. Times are ISO 8601. Answer {"cannot": true} where the catalogue does not have what is asked.`;

export class Model {
  readonly #options: ModelOptions;
  readonly #asked: number[] = [];

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** Undefined where the model does not answer in time, with no plan, or has been asked too often. */
  async propose(question: string, catalogue: Catalogue, signal: AbortSignal): Promise<Plan | undefined> {
    const { now, log } = this.#options;
    const minuteAgo = now() - 60_000;
    while (this.#asked[0] !== undefined && this.#asked[0] <= minuteAgo) this.#asked.shift();
    if (this.#asked.length >= PER_MINUTE) {
      log('warn', 'The model is not asked: it was asked too often in this minute');
      return undefined;
    }
    this.#asked.push(now());
    try {
      return planIn(await this.#ask(question, catalogue, signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      log('warn', 'The model proposed no plan', { error: told(error) });
      return undefined;
    }
  }

  async #ask(question: string, catalogue: Catalogue, signal: AbortSignal): Promise<string> {
    const { url, model, apiKey, now } = this.#options;
    const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      // A key goes to the host that it was given for, and nowhere else.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN)]),
      headers: {
        'content-type': 'application/json',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({
        model,
        temperature: 0,
        max_tokens: MOST_TOKENS,
        response_format: { type: 'json_object' },
        messages: [
          { role: 'system', content: instructions },
          {
            role: 'user',
            content: `Now: ${new Date(now()).toISOString()}\nCatalogue:\n${described(catalogue)}\nQuestion: ${question}`,
          },
        ],
      }),
    });
    if (!response.ok) throw new Error(`the model answered ${response.status}`);
    return answer.parse(JSON.parse(await limitedText(response))).choices[0]?.message.content ?? '';
  }
}

/** Names and types alone: no value of a document leaves for the model. */
export function described(catalogue: Catalogue): string {
  const names = [...new Set(catalogue.entities.map(({ collection }) => collection))];
  const lines = names.map((name) => {
    const fields = fieldsOf(name, catalogue).fields.map(
      ({ path, type, refersTo }) => `${path}: ${type}${refersTo === undefined ? '' : ` -> ${refersTo}`}`,
    );
    return `${name} (${fields.join(', ')})`;
  });
  return lines.join('\n').slice(0, MOST_CATALOGUE);
}

/** The plan in an answer, which may stand in a fence of code. */
function planIn(content: string): Plan | undefined {
  const text = /```(?:json)?\s*(\{.*\})\s*```/s.exec(content)?.[1] ?? content;
  const parsed = planSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error('its answer is not a plan');
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
