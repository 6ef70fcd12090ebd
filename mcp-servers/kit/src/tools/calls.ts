import type { Limits } from '../limits/limits.ts';
import { limitKey } from '../limits/limits.ts';
import { visible } from '../output/neutralise.ts';
import { render } from '../output/render.ts';
import type { Signed, Unsealed } from '../signing/signed.ts';
import { type Audit, AuditFailure, type AuditRecord, digestOf } from '../telemetry/audit.ts';
import { type Log, told } from '../telemetry/log.ts';
import type { Observer } from '../telemetry/observer.ts';
import { parseArguments } from './arguments.ts';
import { type Answer, type Call, type Caller, type Question, type Result, type Tool, ToolRefusal } from './tool.ts';

/** A call as it came over the protocol. */
export interface CallRequest {
  readonly tool: Tool;
  readonly given: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The transport has counted it for the rate limit, as HTTP does before it reads on. */
  readonly counted: boolean;
  readonly traceparent?: string;
  /** The client can put a question to its person. */
  readonly canAsk: boolean;
  /** What the person chose, and the state that the question carried. */
  readonly reply?: { readonly value: string | undefined; readonly state: unknown };
  readonly progress: (done: number, total?: number, message?: string) => void;
}

/** The rest of an answer or a refusal, as the protocol has it. */
export interface ToolResult {
  readonly content: { type: 'text'; text: string }[];
  readonly structuredContent?: Record<string, unknown>;
  readonly isError?: true;
  readonly _meta?: Record<string, unknown>;
}

/** To be put to the person; the call comes again with the choice and the state. */
export interface ToBeAsked {
  readonly message: string;
  readonly choices: Question<unknown>['choices'];
  readonly state: string;
}

export interface CallsOptions {
  readonly limits: Limits;
  readonly signed: Signed;
  readonly audit: Audit;
  readonly observer: Observer;
  readonly log: Log;
  readonly now: () => number;
  /** Milliseconds; MCP_TIMEOUT_MS. */
  readonly timeout: number;
  /** MCP_OUTPUT_TOKENS. */
  readonly tokens: number;
}

type AnyResult = Result<Readonly<Record<string, unknown>>>;

/** Runs calls of tools: arguments, limits, time, questions, output, audit. */
export class Calls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** The state of a question that comes back with the person's choice. */
  openState({ name }: Tool, caller: Caller, state: string): Unsealed {
    return this.#options.signed.open(state, binding(caller, `question ${name}`));
  }

  call(request: CallRequest): Promise<ToolResult | ToBeAsked> {
    return this.#options.observer.traced(
      {
        tool: request.tool.name,
        ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
        ...(request.caller.tenant !== undefined && { tenant: request.caller.tenant }),
      },
      (traceparent, tell) => this.#recorded(request, traceparent, tell),
    );
  }

  /** Every call leaves a line, and is answered only when the line is kept. */
  async #recorded(
    request: CallRequest,
    traceparent: string | undefined,
    tell: (outcome: string) => void,
  ): Promise<ToolResult | ToBeAsked> {
    const { audit, observer, log, now } = this.#options;
    const { tool, caller } = request;
    const begun = now();
    const about = {
      principal: caller.principal,
      ...(caller.tenant !== undefined && { tenant: caller.tenant }),
      tool: tool.name,
      ...digestOf(request.given),
      ...(traceparent !== undefined && { trace: traceparent.slice(3, 35) }),
    } satisfies Partial<AuditRecord>;
    let outcome = 'internal';
    let counts: Answer<unknown>['counts'];
    let result: ToolResult | ToBeAsked;
    try {
      // What changes something must not happen without a trace of it.
      if (!tool.annotations.readOnly) audit.record({ ...about, outcome: 'begun' });
      ({ result, outcome, counts } = await this.#answered(request, traceparent));
    } catch (error) {
      ({ result, outcome } = this.#refused(error, tool));
    }
    const duration = now() - begun;
    try {
      audit.record({ ...about, outcome, ...(counts !== undefined && { counts }), duration });
    } catch (error) {
      ({ result, outcome } = this.#refused(error, tool));
    }
    tell(outcome);
    observer.called(tool.name, outcome, duration / 1000);
    log('debug', 'Called', { tool: tool.name, outcome, milliseconds: duration });
    return result;
  }

  async #answered({ tool, ...request }: CallRequest, traceparent: string | undefined) {
    const { limits, log } = this.#options;
    if (!request.caller.scopes.has(tool.scope)) {
      throw new ToolRefusal(
        'policy',
        `The scope ${tool.scope} is missing.`,
        `Call with a token that has ${tool.scope}.`,
      );
    }
    const key = limitKey(request.caller);
    const wait = request.counted ? 0 : limits.rate.take(key);
    if (wait > 0) throw busy('More calls than MCP_RATE_LIMIT_PER_SECOND allows.', wait);
    const input = parseArguments(tool.input, request.given);
    const leave = limits.concurrency.enter(key);
    if (leave === undefined) throw busy('Too many calls of this caller run at the same time.', 1);
    const time = new CallTime(request.signal, this.#options.timeout);
    const call = this.#callOf(tool, request, time.signal, traceparent);
    const running = Promise.resolve().then(() => tool.run(input, call) as Promise<AnyResult>);
    // A tool that goes on after its time keeps its place: what it does still costs.
    void running.catch(() => {}).finally(leave);
    let given: AnyResult;
    try {
      given = await time.limited(running);
    } finally {
      time.end();
    }
    const asked =
      given.kind === 'question' && request.canAsk && call.chosen === undefined && request.reply === undefined;
    if (given.kind === 'question' && asked) {
      const state = this.#options.signed.seal(given.state, binding(request.caller, `question ${tool.name}`));
      return {
        result: { message: visible(given.message), choices: given.choices, state },
        outcome: 'question',
        counts: undefined,
      };
    }
    const answer = given.kind === 'question' ? unasked(given, request.reply) : given;
    const { text, structured } = await render(answer, { tokens: this.#options.tokens, cursorOf: call.cursorOf });
    const valid = tool.output.safeParse(structured);
    if (!valid.success) {
      log('error', 'A tool broke its output schema', { tool: tool.name, where: valid.error.issues[0]?.path.join('.') });
      throw new TypeError('output does not match the schema', { cause: valid.error });
    }
    const result: ToolResult = { content: [{ type: 'text', text }], structuredContent: valid.data };
    return { result, outcome: given.kind === 'question' ? 'question' : 'ok', counts: answer.counts };
  }

  #callOf(tool: Tool, request: Omit<CallRequest, 'tool'>, signal: AbortSignal, traceparent: string | undefined): Call {
    const { signed, now } = this.#options;
    const { caller, reply, progress } = request;
    const use = binding(caller, `cursor ${tool.name}`);
    return {
      caller,
      signal,
      ...(traceparent !== undefined && { traceparent }),
      ...(reply?.value !== undefined && { chosen: { value: reply.value, state: reply.state } }),
      now,
      progress,
      cursorOf: (state) => signed.seal(state, use),
      stateOf(cursor) {
        const opened = signed.open(cursor, use);
        if (opened.ok) return opened.state;
        throw new ToolRefusal(
          'cursor',
          `The cursor is not taken: ${faults[opened.fault]}.`,
          'Repeat the call without a cursor.',
        );
      },
    };
  }

  #refused(error: unknown, tool: Tool): { result: ToolResult; outcome: string } {
    if (error instanceof ToolRefusal) {
      const { code, message, fix, retryAfter } = error;
      if (error.cause !== undefined)
        this.#options.log('warn', `Refused: ${code}`, { tool: tool.name, error: told(error.cause) });
      return { result: refusal(code, message, fix, retryAfter), outcome: code };
    }
    if (error instanceof Cancelled) {
      return {
        result: refusal('cancelled', 'The call was cancelled.', 'Repeat it if it is still needed.'),
        outcome: 'cancelled',
      };
    }
    this.#options.log('error', 'A call failed', { tool: tool.name, error: told(error) });
    if (error instanceof AuditFailure) {
      return {
        result: refusal(
          'unavailable',
          'The call cannot be recorded, so it is not answered.',
          'Tell the operator of this server.',
        ),
        outcome: 'unavailable',
      };
    }
    return {
      result: refusal(
        'internal',
        'The server failed.',
        'Repeat the call; if it fails again, tell the operator of this server.',
      ),
      outcome: 'internal',
    };
  }
}

export const busy = (message: string, retryAfter: number) =>
  new ToolRefusal('busy', message, `Wait ${Math.ceil(retryAfter)} s and repeat the call.`, { retryAfter });

export function refusal(code: string, message: string, fix: string, retryAfter?: number): ToolResult {
  return {
    content: [{ type: 'text', text: visible(`${message}\n${fix}`) }],
    isError: true,
    _meta: { 'ai-orchestra/refusal': { code, fix, ...(retryAfter !== undefined && { retryAfter }) } },
  };
}

const faults = {
  foreign: 'it was changed, or is of another caller, tool or server',
  expired: 'it has expired',
} as const;

const binding = ({ principal, tenant }: Caller, use: string) => ({
  principal,
  ...(tenant !== undefined && { tenant }),
  use,
});

/** The time that a call has: until its client cancels or goes away, and no longer than the timeout. */
class CallTime {
  readonly #controller = new AbortController();
  readonly #given: AbortSignal;
  readonly #cancel = () => this.#controller.abort(this.#given.reason);
  readonly #over = Promise.withResolvers<never>();
  readonly #timer: NodeJS.Timeout;

  constructor(given: AbortSignal, timeout: number) {
    this.#given = given;
    this.#over.promise.catch(() => {});
    this.#controller.signal.addEventListener('abort', () => this.#over.reject(this.#controller.signal.reason), {
      once: true,
    });
    this.#timer = setTimeout(() => this.#controller.abort(late(timeout)), timeout);
    if (given.aborted) this.#cancel();
    else given.addEventListener('abort', this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the work gives, if it gives it in time. Why it ended wins over how the tool tells that it was ended. */
  async limited<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#over.promise]);
    } catch (error) {
      throw this.signal.aborted ? reasonOf(this.signal.reason) : error;
    }
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#given.removeEventListener('abort', this.#cancel);
  }
}

const late = (timeout: number) =>
  new ToolRefusal(
    'timeout',
    `The call took longer than ${timeout / 1000} s and was ended.`,
    'Ask for less: fewer rows, a narrower filter, a shorter time.',
  );

const reasonOf = (reason: unknown) => (reason instanceof ToolRefusal ? reason : new Cancelled());

/** The client cancelled the call or went away: its answer is read by nobody. */
class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** A reply without a choice: there was somebody to ask, who did not want to. */
function unasked<Out>({ otherwise, declined }: Question<Out>, reply: CallRequest['reply']): Answer<Out> {
  return reply !== undefined && declined !== undefined ? declined : otherwise;
}
