/** What the kit tells of each call and each request; the parts that listen are loaded when they are configured. */
export interface Observer {
  called(tool: string, outcome: string, seconds: number): void;
  /** A request that reached no tool, by HTTP status. */
  refused(status: number): void;
  /** Runs a call in a span that goes on with the caller's trace; gives it the context to send on. */
  traced<T>(call: TracedCall, work: Traced<T>): Promise<T>;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}

/** The work of a call, which says how it came out. */
export type Traced<T> = (traceparent: string | undefined, tell: (outcome: string) => void) => Promise<T>;

export interface TracedCall {
  readonly tool: string;
  readonly traceparent?: string;
  readonly tenant?: string;
}

/** Without metrics and traces: the caller's trace is passed on as it came. */
export const silent: Observer = {
  called() {},
  refused() {},
  traced: ({ traceparent }, work) => work(traceparent, () => {}),
  close: async () => {},
};
