/** What a server tells the kit of a tool; the kit does the rest: schemas, scopes, limits, output, audit, telemetry. */
import type * as z from 'zod';

/** Who calls, from a verified token; on stdio and without authentication the person of this machine. */
export interface Caller {
  /** `sub` of the token; `local` without a token. */
  readonly principal: string;
  /** From the token, never from an argument. Not set: the server serves one tenant, or none. */
  readonly tenant?: string;
  readonly scopes: ReadonlySet<string>;
  /** All claims of the token; empty without a token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** One call of a tool. */
export interface Call {
  readonly caller: Caller;
  /** Ends with the client's cancellation, a closed connection, or MCP_TIMEOUT_MS. */
  readonly signal: AbortSignal;
  /** W3C trace context of the call, to be sent on to a database or service. */
  readonly traceparent?: string;
  /** What the person chose where the tool asked before, with the state that it asked with. */
  readonly chosen?: { readonly value: string; readonly state: unknown };
  /** Milliseconds since 1970. */
  now(): number;
  /** Tells a client that wants to know how far the work is. */
  progress(done: number, total?: number, message?: string): void;
  /** A signed handle to the rest of an answer: bound to this caller and this tool, and ended after some minutes. */
  cursorOf(state: unknown): string;
  /** @throws {ToolRefusal} `cursor` where it is another caller's, another tool's, changed or too old */
  stateOf(cursor: string): unknown;
}

export interface Annotations {
  /** Changes nothing. */
  readonly readOnly: boolean;
  /** May delete or overwrite. @default false */
  readonly destructive?: boolean;
  /** A second equal call changes nothing more. @default true where readOnly */
  readonly idempotent?: boolean;
}

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** Such as `collection_schema`: lower case and underscores. */
  readonly name: string;
  readonly title: string;
  /** For a language model: what it does, when to use it, and one example. Fixed text, never from a database. */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly annotations: Annotations;
  /** Scope that a token needs; without it the call gets 403 and the name of the scope. */
  readonly scope: string;
  /** Values that an argument could have, for completion; by name of the argument. */
  readonly complete?: Readonly<
    Record<string, (start: string, call: Pick<Call, 'caller'>) => Promise<readonly string[]>>
  >;
  /** @throws {ToolRefusal} with what to do instead; anything else is told as `internal`, without its text */
  run(input: z.output<Input>, call: Call): Promise<Result<z.output<Output>>>;
}

export type Result<Out> = Answer<Out> | Question<Out>;

export interface Answer<Out> {
  readonly kind: 'answer';
  readonly structured: Out;
  /** The same for a reader of text; cut to the token budget by the kit, which says what it cut. */
  readonly text: readonly Block[];
  /** Where more rows are, or the kit has to cut some, the answer ends with a cursor for the next call. */
  readonly rest?: Rest;
  /** Counts for the audit log, such as `{ documents: 12 }`; no data. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** How an answer goes on. */
export interface Rest {
  /** True where there are more rows than the first block of rows has. */
  readonly more: boolean;
  /** State for `Call.stateOf` that begins after so many rows of the first block of rows. */
  after(rows: number): unknown;
}

/** Asks the person to choose. Clients that cannot ask get `otherwise`. */
export interface Question<Out> {
  readonly kind: 'question';
  readonly message: string;
  readonly choices: readonly { readonly value: string; readonly title: string }[];
  /** Comes back in `Call.chosen`, signed by the kit. */
  readonly state: unknown;
  readonly otherwise: Answer<Out>;
  /**
   * What a client gets whose person declined or closed the question; it must offer no way on. @default `otherwise`, which fits
   * questions about what was meant, and none about permission
   */
  readonly declined?: Answer<Out>;
}

export type Block =
  /** The server's own words. */
  | { readonly kind: 'note'; readonly text: string }
  /** Data from outside as rows: neutralised and fenced by the kit. */
  | {
      readonly kind: 'rows';
      readonly rows: readonly Readonly<Record<string, unknown>>[];
      /** Where the data is from, such as `mongodb: orchestra.agents`. */
      readonly source: string;
      /** @default 'table' */
      readonly format?: Format;
      readonly columns?: readonly string[];
    }
  /** Data from outside as text: neutralised and fenced by the kit. */
  | { readonly kind: 'passage'; readonly text: string; readonly source: string };

export type Format = 'table' | 'markdown' | 'csv' | 'ndjson';

/** Codes are the same in every server; `fix` says what the caller can do. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal';
  readonly code: RefusalCode;
  readonly fix: string;
  /** Seconds after which another try may succeed. */
  readonly retryAfter?: number;

  constructor(code: RefusalCode, message: string, fix: string, more: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.fix = fix;
    if (more.retryAfter !== undefined) this.retryAfter = more.retryAfter;
  }
}

export type RefusalCode =
  /** An argument is not allowed. */
  | 'argument'
  /** The policy keeps it from this caller. */
  | 'policy'
  /** It would cost more than is allowed. */
  | 'cost'
  /** The question is not understood well enough. */
  | 'not_understood'
  | 'not_found'
  | 'conflict'
  | 'cursor'
  /** Too many calls at once or in a time. */
  | 'busy'
  /** The database or service behind does not answer. */
  | 'unavailable'
  | 'timeout';
