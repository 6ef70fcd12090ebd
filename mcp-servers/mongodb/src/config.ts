import type { Report, Values } from '@ai-orchestra/configuration';
import { mongodb } from '@ai-orchestra/configuration/databases';
import {
  absolutePath,
  bytes,
  decimal,
  flag,
  integer,
  milliseconds,
  seconds,
  secret,
  text,
  url,
  word,
} from '@ai-orchestra/configuration/values';
import { mcpEnvironment, whenShared } from '@ai-orchestra/mcp-kit/config';
import type * as z from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;

const connection = {
  ...mongodb,
  MONGODB_USER: whenShared(mongodb.MONGODB_USER),
  MONGODB_PASSWORD: whenShared(mongodb.MONGODB_PASSWORD),
  MONGODB_TLS: flag().default(false).describe('Connect to MongoDB over TLS, verified against the trusted CAs.'),
};

const queries = {
  MCP_POLICY_FILE: whenShared(absolutePath()).describe(
    'Which collections, fields and rows a caller may read (YAML); not set: the whole database but secret-looking fields.',
  ),
  MCP_SYNONYMS_FILE: absolutePath()
    .optional()
    .describe('Further words for collections, fields and values (YAML); not set: their own names and their values.'),
  MCP_QUESTIONS_FILE: absolutePath()
    .optional()
    .describe('Saved questions that people pick as prompts (YAML); not set: none.'),
  MCP_CATALOGUE_SECONDS: seconds(5, 86_400)
    .default(300)
    .describe('How old the catalogue of collections, fields and values may get before it is read again.'),
  MCP_QUERY_TIME_MS: milliseconds(10, 300_000).default(5000).describe('maxTimeMS of every query.'),
  MCP_QUERY_DOCUMENTS: integer({ min: 1, max: 10_000, unit: 'documents' })
    .default(100)
    .describe('Most documents that a query returns.'),
  MCP_QUERY_BYTES: bytes(KIB, 64 * MIB)
    .default(MIB)
    .describe('Most bytes of documents that are read from the server.'),
  MCP_QUERY_SCAN: integer({ min: 0, max: 1e9, unit: 'documents' })
    .default(100_000)
    .describe('Largest collection that may be scanned without an index; for a larger one the query is refused.'),
};

const questions = {
  MCP_CONFIDENCE: decimal({ min: 0, max: 1 })
    .default(0.7)
    .describe('Least confidence that a question is answered with; below it the server asks back or abstains.'),
  MCP_TIME_ZONE: text('IANA time zone', /^[A-Za-z0-9_+/-]+$/)
    .refine(isTimeZone)
    .default('UTC')
    .describe('Time zone that words like "today" and "this week" are read in.'),
  MCP_MODEL: word()
    .optional()
    .describe('Language model that may propose a plan where the rules find none; not set: none.'),
  MCP_MODEL_URL: url()
    .default('https://openrouter.ai/api/v1')
    .describe('Base URL of the model: an OpenAI style endpoint, without /chat/completions.'),
  OPENROUTER_API_KEY: secret().optional().describe('API key of the model; a model on this machine needs none.'),
};

const variables = { ...connection, ...queries, ...questions };
type Own = Values<typeof variables>;
type Problems = Report<keyof Own>;

/** The environment variables of the MongoDB server. */
export const mongodbServerConfig = mcpEnvironment('mcp-mongodb', ['MONGODB_'], variables, loginIsWhole, modelHasItsKey);

export type MongodbServerConfig = z.output<typeof mongodbServerConfig>;

function loginIsWhole({ MONGODB_USER: user, MONGODB_PASSWORD: password }: Own, report: Problems): void {
  const fix = 'Give both MONGODB_USER and MONGODB_PASSWORD, or neither.';
  if (user !== undefined && password === undefined) report('MONGODB_PASSWORD', 'the password of MONGODB_USER', fix);
  if (user === undefined && password !== undefined) report('MONGODB_USER', 'the user of MONGODB_PASSWORD', fix);
}

function modelHasItsKey(values: Own, report: Problems): void {
  const { MCP_MODEL: model, MCP_MODEL_URL: endpoint, OPENROUTER_API_KEY: key } = values;
  if (model !== undefined && key === undefined && endpoint?.startsWith('https://openrouter.ai/')) {
    report('OPENROUTER_API_KEY', 'a key of OpenRouter, as MCP_MODEL is set', 'Set it, or remove MCP_MODEL.');
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}
