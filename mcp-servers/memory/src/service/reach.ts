import { type Caller, ToolRefusal } from '@ai-orchestra/mcp-kit';
import type { MemoryServerConfig } from '../config.ts';

/** Whose memories a caller reaches. Made from the verified token alone. */
export interface Reach {
  /** Not set: the service knows one tenant, that of this machine. */
  readonly tenant?: string;
  /** Set: this subject alone. */
  readonly subject?: string;
}

export type ReachConfig = Pick<MemoryServerConfig, 'MCP_AUTHENTICATION' | 'MCP_TRANSPORT' | 'MCP_SUBJECT_CLAIM'>;

/** Service accounts act for many people: the claim of a person binds people alone. */
export const isServiceAccount = ({ principal }: Caller) => principal.startsWith('system:serviceaccount:');

/** @throws {ToolRefusal} `policy` where the token does not say whose memories it may reach */
export function reachOf(caller: Caller, config: ReachConfig): Reach {
  const { tenant, claims } = caller;
  const toldApart = config.MCP_TRANSPORT === 'http' && config.MCP_AUTHENTICATION !== 'none';
  if (!toldApart) return {};
  if (tenant === undefined) {
    throw new ToolRefusal('policy', 'The token names no tenant.', 'Call with a token that has one.');
  }
  const claim = config.MCP_SUBJECT_CLAIM;
  if (claim === undefined || isServiceAccount(caller)) return { tenant };
  const subject = claims[claim];
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) {
    throw new ToolRefusal(
      'policy',
      `The claim ${claim} of the token names no subject.`,
      `Call with a token whose claim ${claim} has 1 to 128 characters.`,
    );
  }
  return { tenant, subject };
}

/** As the memory service takes them: no control character, no space at either end. */
const SUBJECT = /^(?!\.{1,2}$)[^\p{Cc}\s](?:[^\p{Cc}]{0,126}[^\p{Cc}\s])?$/u;

/** The subject that a call is about. @throws {ToolRefusal} `policy` where it is not the caller's to choose */
export function subjectWithin({ subject }: Reach, given: string | undefined): string | undefined {
  if (subject === undefined || given === undefined || given === subject) return subject ?? given;
  throw new ToolRefusal(
    'policy',
    'Another subject than that of the token.',
    'Leave the subject out: it is that of the token.',
  );
}

/** Whether a record is within reach: its tenant is seen to by the service, which was told it. */
export const reaches = ({ subject }: Reach, record: { readonly subjectId?: string | undefined }) =>
  subject === undefined || record.subjectId === subject;
