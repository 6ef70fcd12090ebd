/** Arguments that several tools have. What exactly is allowed in them is the service's to say, which tells all mistakes together. */
import { hash } from 'node:crypto';
import type { Caller } from '@ai-orchestra/mcp-kit';
import * as z from 'zod';

const name = (longest: number) => z.string().min(1).max(longest);

export const subjectArgument = name(128).describe('Person or agent it is about, such as "ana"');
export const sessionArgument = name(128).describe('Id of a conversation');
export const namespaceArgument = name(64).describe('Compartment of the tenant, such as "support"');
export const memoryIdArgument = z.uuid().describe('Id of a memory, as recall gives it');
export const textArgument = z.string().min(1).max(32_768);
export const tagsArgument = z.array(name(64)).max(32);
export const importanceArgument = z.number().min(0).max(1).describe('0 trifle, 1 never to be forgotten');
export const instantArgument = z.iso.datetime({ offset: true });
export const ttlArgument = z
  .int()
  .min(1)
  .max(2 ** 28)
  .describe('Seconds it is kept');
export const tierArgument = z
  .enum(['short', 'mid', 'long', 'semantic'])
  .describe('short: an hour, mid: a day, long: 30 days or for ever, semantic: for ever');
export const typeArgument = z.enum(['episodic', 'semantic', 'procedural', 'preference', 'profile', 'working']);
export const metadataArgument = z.record(z.string().min(1).max(256), z.unknown()).describe('At most 8 KiB of JSON');
export const queryArgument = z.string().trim().min(1).max(4096).describe('Question or words, in plain language');
export const cursorArgument = z.string().max(4096).optional().describe('From the answer before: the rest of it');
export const repeatArgument = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe('A key of your own: a repetition with the same key has no second effect');

/** One caller's key is not another's. */
export const keyOf = ({ principal }: Caller, key: string | undefined) =>
  key === undefined ? {} : { idempotencyKey: hash('sha256', JSON.stringify([principal, key]), 'base64url') };

/** Of what did not answer, in both forms of an answer. */
export const completeness = {
  partial: z.boolean().describe('True: there may be more than this'),
  degraded: z.array(z.string()).describe('What did not answer'),
};

export const incomplete = ({
  partial,
  degraded,
}: {
  readonly partial: boolean;
  readonly degraded: readonly string[];
}) =>
  degraded.length === 0
    ? []
    : [
        {
          kind: 'note' as const,
          text: `${partial ? 'Incomplete: there may be more. ' : ''}Did not answer: ${degraded.join(', ')}.`,
        },
      ];
