import { hash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

/** One call, without data: what was asked is a digest and a length. */
export interface AuditRecord {
  readonly principal: string;
  readonly tenant?: string;
  readonly tool: string;
  /** SHA-256 of the arguments as they came, base64url, the first 22 characters. */
  readonly arguments: string;
  /** Characters of all texts among the arguments. */
  readonly characters: number;
  /** `begun` before a tool that changes something runs; else `ok`, `question`, or the code of the refusal. */
  readonly outcome: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly duration?: number;
  readonly trace?: string;
}

export interface Audit {
  /** @throws {AuditFailure} where the record cannot be kept; the call must not be answered then */
  record(record: AuditRecord): void;
  close(): void;
}

/** The audit log is a file and takes no more lines. */
export class AuditFailure extends Error {
  override readonly name = 'AuditFailure';
}

/**
 * Opens MCP_AUDIT_LOG. A file is opened for appending, for its owner alone.
 * @throws {AuditFailure} where the file cannot be opened
 */
export function openAudit(target: string, now: () => number): Audit {
  if (target === 'off') return { record() {}, close() {} };
  const line = (record: AuditRecord) =>
    `${JSON.stringify({ time: new Date(now()).toISOString(), audit: 'tool-call', ...record })}\n`;
  if (target === 'stderr') {
    return {
      record(record) {
        process.stderr.write(line(record));
      },
      close() {},
    };
  }
  const file = attempt(target, () => openSync(target, 'a', 0o600));
  return {
    record(record) {
      // Written before the call is answered, so that no answer is missing from the log.
      attempt(target, () => writeSync(file, line(record)));
    },
    close: () => closeSync(file),
  };
}

function attempt<T>(target: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new AuditFailure(`The audit log ${target} cannot be written`, { cause });
  }
}

/** What the audit log keeps of arguments. */
export function digestOf(given: unknown): Pick<AuditRecord, 'arguments' | 'characters'> {
  let characters = 0;
  const text = JSON.stringify(given ?? {}, (_key, value: unknown) => {
    if (typeof value === 'string') characters += value.length;
    return value;
  });
  return { arguments: hash('sha256', text, 'base64url').slice(0, 22), characters };
}
