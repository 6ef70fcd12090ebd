import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { StoreUnavailable } from '../stores/store.ts';

export interface GuardOptions {
  /** Longest wait for one call. */
  readonly timeoutMilliseconds: number;
  /** Calls at the same time. Default: 64. */
  readonly concurrency?: number;
  /** Calls that may wait for their turn; more are refused at once. Default: 1,024. */
  readonly queue?: number;
  /** Failures in a row from which on calls are refused at once. Default: 5. */
  readonly failures?: number;
  /** How long they are, until one is tried again. Default: 1,000. */
  readonly pauseMilliseconds?: number;
}

/** closed: calls go through. open: refused at once. half-open: one is being tried. */
export type CircuitName = 'closed' | 'open' | 'half-open';

export interface GuardState {
  readonly circuit: CircuitName;
  readonly running: number;
  readonly waiting: number;
  /** Calls since the start that timed out, found the database away, or were refused at once. */
  readonly failed: { readonly timeout: number; readonly unavailable: number; readonly refused: number };
}

const circuits: Readonly<Record<CircuitState, CircuitName>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/**
 * What stands between the service and one database, so that one that hangs costs its callers a timeout each, then nothing, and
 * never the others: a timeout, a circuit breaker and a bulkhead. Whatever goes wrong with the database is a StoreUnavailable.
 * A call that waited for its turn and then timed out took twice the timeout at most: by then the circuit is open.
 */
export class Guard {
  private readonly name: string;
  private readonly concurrency: number;
  private readonly queue: number;
  private readonly bulkhead;
  private readonly breaker;
  private readonly policy;
  private readonly failed = { timeout: 0, unavailable: 0, refused: 0 };

  constructor(name: string, options: GuardOptions) {
    const { timeoutMilliseconds, concurrency = 64, queue = 1024, failures = 5, pauseMilliseconds = 1000 } = options;
    this.name = name;
    this.concurrency = concurrency;
    this.queue = queue;
    this.bulkhead = bulkhead(concurrency, queue);
    this.breaker = circuitBreaker(handleWhen(isFailure), {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: pauseMilliseconds,
    });
    // The drivers cannot be told to stop, so the caller is let go and the call ends when it does.
    const limit = timeout(timeoutMilliseconds, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
    this.policy = wrap(this.bulkhead, this.breaker, limit);
  }

  get state(): GuardState {
    return {
      circuit: circuits[this.breaker.state],
      running: this.concurrency - this.bulkhead.executionSlots,
      waiting: this.queue - this.bulkhead.queueSlots,
      failed: { ...this.failed },
    };
  }

  /** @returns what ends the listening */
  onChange(listener: (circuit: CircuitName) => void): () => void {
    const { dispose } = this.breaker.onStateChange((state) => listener(circuits[state]));
    return dispose;
  }

  async run<Value>(call: () => Promise<Value>): Promise<Value> {
    try {
      return await this.policy.execute(call);
    } catch (error) {
      if (error instanceof TaskCancelledError) this.failed.timeout += 1;
      else if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) this.failed.refused += 1;
      else {
        if (error instanceof StoreUnavailable) this.failed.unavailable += 1;
        throw error;
      }
      throw new StoreUnavailable(this.name, { cause: error });
    }
  }
}

const isFailure = (error: unknown) => error instanceof StoreUnavailable || error instanceof TaskCancelledError;
