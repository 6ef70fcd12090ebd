/** Values that more than one resource has. Each says, for OpenAPI and for the one who got it wrong, what it is and what is allowed. */
import * as z from 'zod';

const KIB = 1024;

/** Names that callers choose: of sessions, people, agents, namespaces. */
const name = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    // Neither a control character nor half a surrogate pair: they do not survive every store, URL and log.
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'no control character, well-formed Unicode')
    .refine((value) => value.trim() === value, 'no space at either end')
    // Programs on the way take such a step out of a path.
    .refine((value) => value !== '.' && value !== '..', 'neither "." nor ".."');

export const memoryId = z.uuid().describe('Id of a memory: a UUID that the service made.');
export const operationId = z.uuid().describe('Id of an operation: a UUID that the service made.');
export const sessionId = name(128).describe('Id of a session: chosen by the caller, or a UUID that the service made.');
export const subjectId = name(128).describe('Person or agent that a memory is about.');
export const agentId = name(128).describe('Agent that wrote or asks.');
export const namespace = name(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, ".", "_" and "-", beginning with a letter or digit')
  .describe('Compartment of a tenant with a policy of its own.');
export const stateKey = name(128).describe('Name of a value in the working state of a session.');

export const tier = z
  .enum(['short', 'mid', 'long', 'semantic'])
  .describe('How long it is kept: short (an hour), mid (a day), long (30 days or for ever), semantic (for ever).');

export const memoryType = z
  .enum(['episodic', 'semantic', 'procedural', 'preference', 'profile', 'working'])
  .describe('episodic: something that happened; semantic: a fact; procedural: how to do something.');

export const instant = z.iso
  .datetime({ offset: true })
  .describe('RFC 3339 date and time with its zone, such as 2026-11-22T09:30:00Z.');

export const ttlSeconds = z
  .int()
  .min(1)
  .max(2 ** 28)
  .describe('Seconds to live, from now; at most 268,435,456 (8.5 years).');

/** UTF-8 bytes are what a store counts. */
const utf8 = (bytes: number) => (value: string) => value.isWellFormed() && Buffer.byteLength(value) <= bytes;

export const longestText = 32 * KIB;
export const text = z
  .string()
  .refine((value) => value.trim() !== '', 'something other than space')
  .refine(utf8(longestText), `at most ${longestText} bytes of well-formed UTF-8`)
  .describe('What is remembered; at most 32 KiB of UTF-8.');

export const query = z
  .string()
  .refine((value) => value.trim() !== '', 'something other than space')
  .refine(utf8(4 * KIB), 'at most 4096 bytes of well-formed UTF-8')
  .describe('Question or words, in plain language; at most 4 KiB of UTF-8.');

const json: z.ZodType<unknown> = z.unknown();

/** JSON object of a limited size; what is in it is the caller's. */
export const jsonObject = (bytes: number) =>
  z
    .record(z.string().min(1).max(256), json)
    .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= bytes, `at most ${bytes} bytes of JSON`);

export const metadata = jsonObject(8 * KIB).describe(
  'What else the caller wants to keep with it; at most 8 KiB of JSON.',
);
export const tags = z.array(name(64)).max(32).describe('At most 32 labels to filter by.');
export const importance = z.number().min(0).max(1).describe('0 (trifle) to 1 (must not be forgotten).');
export const speaker = name(128).describe('Who said it.');

export const limit = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).describe(`How many at most, 1 to ${most}.`);
export const cursor = z
  .string()
  .min(1)
  .max(2048)
  .describe('`next` of the page before; not to be read or made by callers.');
export const next = z.string().nullable().describe('Cursor of the next page; null on the last.');
export const version = z
  .int()
  .min(1)
  .describe('1 when made, one more with each change; the ETag is this number in quotes.');

/** What every read says of the tiers it asked. */
export const completeness = {
  partial: z.boolean().describe('True where a tier or the index did not answer: there may be more.'),
  degraded: z
    .array(z.enum(['short', 'mid', 'long', 'semantic', 'index', 'embedder']))
    .describe('What did not answer, in time or at all.'),
} as const;
