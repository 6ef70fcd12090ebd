import type { JSONRPCMessage, RequestId, Transport, TransportSendOptions } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio as serveSdk } from '@modelcontextprotocol/server/stdio';
import type { NewServer } from '../protocol/server.ts';
import { type Log, told } from '../telemetry/log.ts';
import type { Caller } from '../tools/tool.ts';

export interface StdioHosting {
  /** Resolves when the client has closed its end. */
  readonly ended: Promise<void>;
  /** Resolves when every request that came is answered, and its answer written. */
  answered(): Promise<void>;
  close(): Promise<void>;
}

/** One client over standard input and output, either protocol era. Standard output is the protocol's alone. */
export function serveStdio(newServer: NewServer, caller: Caller, log: Log): StdioHosting {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const transport = new CountedTransport(new StdioServerTransport());
  const handle = serveSdk((context) => newServer(context, caller), {
    transport,
    onerror: (error) => log('debug', 'A message was not served', { error: told(error) }),
  });
  process.stdin.once('end', resolve).once('close', resolve);
  return { ended, answered: () => transport.answered(), close: () => handle.close() };
}

/** A transport that knows which requests are not answered yet. */
class CountedTransport implements Transport {
  readonly #inner: StdioServerTransport;
  readonly #open = new Set<RequestId>();
  #allAnswered = () => {};
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <Message extends JSONRPCMessage>(message: Message) => void;

  constructor(inner: StdioServerTransport) {
    this.#inner = inner;
  }

  async start(): Promise<void> {
    this.#inner.onclose = () => {
      // Nobody reads an answer any more.
      this.#open.clear();
      this.#allAnswered();
      this.onclose?.();
    };
    this.#inner.onerror = (error) => this.onerror?.(error);
    this.#inner.onmessage = (message) => {
      if ('method' in message && 'id' in message) this.#open.add(message.id);
      else if ('method' in message && message.method === 'notifications/cancelled')
        this.#answered(message.params?.requestId);
      this.onmessage?.(message);
    };
    await this.#inner.start();
  }

  async send(message: JSONRPCMessage, _options?: TransportSendOptions): Promise<void> {
    await this.#inner.send(message);
    if (!('method' in message)) this.#answered(message.id);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  answered(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#allAnswered = resolve;
    });
  }

  #answered(id: unknown): void {
    this.#open.delete(id as RequestId);
    if (this.#open.size === 0) this.#allAnswered();
  }
}
