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
import { ConnectionString, connectionString } from './connection-string.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const AUTH_SOURCE = 'admin';

const connection = {
  MONGODB_URL: connectionString()
    .optional()
    .describe('Connection string, with its login, database and options; in its place, MONGODB_HOSTS and what follows.'),
  ...mongodb,
  MONGODB_HOSTS: mongodb.MONGODB_HOSTS.optional(),
  MONGODB_DATABASE: mongodb.MONGODB_DATABASE.optional().describe(
    'Database that is read; not set: the one in the path of MONGODB_URL.',
  ),
  MONGODB_USER: mongodb.MONGODB_USER.optional(),
  MONGODB_PASSWORD: mongodb.MONGODB_PASSWORD.optional(),
  MONGODB_AUTH_SOURCE: mongodb.MONGODB_AUTH_SOURCE.default(AUTH_SOURCE),
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
type Own = Values<typeof variables> & { readonly MCP_AUTHENTICATION?: 'none' | 'oauth' | 'kubernetes' };
type Problems = Report<keyof Own>;

/** The environment variables of the MongoDB server. */
export const mongodbServerConfig = mcpEnvironment(
  'mcp-mongodb',
  ['MONGODB_'],
  variables,
  databaseIsNamed,
  loginIsWhole,
  urlIsRight,
  urlIsAlone,
  modelHasItsKey,
);

export type MongodbServerConfig = z.output<typeof mongodbServerConfig>;

/** The variables that say in parts what MONGODB_URL says at once. */
export const insteadOfUrl = [
  'MONGODB_HOSTS',
  'MONGODB_REPLICA_SET',
  'MONGODB_USER',
  'MONGODB_PASSWORD',
  'MONGODB_AUTH_SOURCE',
  'MONGODB_TLS',
] as const satisfies readonly (keyof typeof variables)[];

/** The database that is read. MONGODB_DATABASE comes first: the path of a connection string may be there for the login. */
export function databaseOf({ MONGODB_DATABASE: named, MONGODB_URL: url }: MongodbServerConfig): string {
  const database = named ?? url?.database;
  if (database === undefined) throw new Error('settings without a database were let through');
  return database;
}

const EXAMPLE = 'mongodb://127.0.0.1:27017/shop';

function databaseIsNamed(values: Own, report: Problems): void {
  const { MONGODB_URL: url, MONGODB_HOSTS: hosts, MONGODB_DATABASE: database } = values;
  if (url === undefined && hosts === undefined) {
    report(
      'MONGODB_HOSTS',
      'MONGODB_URL, or hosts',
      `Set MONGODB_URL to a connection string such as ${EXAMPLE}, or MONGODB_HOSTS and MONGODB_DATABASE.`,
    );
  }
  if (database !== undefined || url?.database !== undefined || isUnread(url)) return;
  report('MONGODB_DATABASE', 'the name of a database', `Set it, or name it in MONGODB_URL, as in ${EXAMPLE}.`);
}

function loginIsWhole(values: Own, report: Problems): void {
  const { MONGODB_URL: url, MONGODB_USER: user, MONGODB_PASSWORD: password, MCP_AUTHENTICATION: access } = values;
  const shared = access !== undefined && access !== 'none';
  if (url !== undefined) {
    if (!shared || url.hasLogin || isUnread(url)) return;
    report('MONGODB_URL', `one with a login, as MCP_AUTHENTICATION=${access}`, 'Add a user that may read and no more.');
    return;
  }
  const fix = shared
    ? `Set it: a server that is shared (MCP_AUTHENTICATION=${access}) reads as a user that may read and no more.`
    : 'Give both MONGODB_USER and MONGODB_PASSWORD, or neither.';
  if (user === undefined && (shared || password !== undefined)) report('MONGODB_USER', 'a user of MongoDB', fix);
  if (password === undefined && (shared || user !== undefined)) {
    report('MONGODB_PASSWORD', 'the password of MONGODB_USER', fix);
  }
}

function urlIsRight({ MONGODB_URL: url }: Own, report: Problems): void {
  if (url === undefined || isUnread(url)) return;
  for (const mistake of url.mistakes) report('MONGODB_URL', 'mongodb:// or mongodb+srv:// connection string', mistake);
}

function urlIsAlone(values: Own, report: Problems): void {
  if (values.MONGODB_URL === undefined) return;
  const unset: Partial<Record<(typeof insteadOfUrl)[number], unknown>> = {
    MONGODB_AUTH_SOURCE: AUTH_SOURCE,
    MONGODB_TLS: false,
  };
  for (const name of insteadOfUrl) {
    if (values[name] === undefined || values[name] === unset[name]) continue;
    report(name, 'nothing, as MONGODB_URL is set', 'Say it in MONGODB_URL and remove it, or remove MONGODB_URL.');
  }
}

/** Where a deployment is checked without its secrets, a secret is there and right. */
const isUnread = (url: ConnectionString | undefined) => url !== undefined && !(url instanceof ConnectionString);

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
