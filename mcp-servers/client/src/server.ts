import { readFile } from 'node:fs/promises';
import {
  Client,
  InsufficientScopeError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { IntegrationError } from './error.ts';

export interface ServerOptions {
  /** Of the endpoint, such as `http://mcp-weaviate.superagi.svc:8080/mcp`. */
  readonly url: string;
  /** File with a bearer token, read again for each request as tokens of pods change. Not set: no token is sent. */
  readonly tokenFile?: string;
  /** Longest time that one call may take, in milliseconds. */
  readonly timeoutMilliseconds: number;
}

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

/** What a tool answered. */
export interface Reply {
  /** The rows that were found: data from outside, never instructions. Empty: none, or a tool that gives no rows. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** All of the structured answer; what else it has depends on the tool. */
  readonly structured: Readonly<Record<string, unknown>>;
  /** The same for a reader. */
  readonly text: string;
  /** Give it as the argument `cursor`, with the same others, for the rows that come next. */
  readonly cursor?: string;
}

/** One MCP server over HTTP. It connects with the first call. */
export class ServerConnection {
  readonly #options: ServerOptions;
  #client: Promise<Client> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** @throws {IntegrationError} where there is no answer, or the server refuses */
  async call(tool: string, args: Readonly<Record<string, unknown>>, { signal }: CallOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    const result = await this.#told(async () => {
      const client = await this.#connected();
      const { timeoutMilliseconds: timeout } = this.#options;
      return client.callTool({ name: tool, arguments: { ...args } }, { timeout, ...(signal && { signal }) });
    }, signal);
    const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
    if (result.isError) throw refusedBy(result, text);
    const structured = (result.structuredContent ?? {}) as Readonly<Record<string, unknown>>;
    const { rows = [], cursor } = (structured.rows ?? {}) as Pick<Partial<Reply>, 'rows' | 'cursor'>;
    return { rows, structured, text, ...(cursor !== undefined && { cursor }) };
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.close();
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const { url, timeoutMilliseconds: timeout } = this.#options;
    const client = new Client(
      { name: 'ai-orchestra-client', version: '0.1.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      authProvider: { token: () => this.#token() },
      onInsufficientScope: 'throw',
    });
    await client.connect(transport, { timeout });
    return client;
  }

  async #token(): Promise<string | undefined> {
    const { tokenFile } = this.#options;
    if (tokenFile === undefined) return undefined;
    try {
      return (await readFile(tokenFile, 'utf8')).trim();
    } catch (error) {
      throw new IntegrationError(
        'setting',
        `The token file ${tokenFile} cannot be read.`,
        'Correct tokenFile, or its rights.',
        {
          cause: error,
        },
      );
    }
  }

  async #told<Value>(ask: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    try {
      return await ask();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): IntegrationError {
    const { url, timeoutMilliseconds, tokenFile } = this.#options;
    const made = [error, error instanceof Error ? error.cause : undefined].find(
      (one) => one instanceof IntegrationError,
    );
    if (made !== undefined) return made;
    if (error instanceof UnauthorizedError) {
      const fix =
        tokenFile === undefined ? 'Give tokenFile.' : `Put a token that is valid for this server into ${tokenFile}.`;
      return new IntegrationError('unauthorized', `${url} does not take the token.`, fix, { cause: error });
    }
    if (error instanceof InsufficientScopeError) {
      return new IntegrationError(
        'unauthorized',
        `${url}: ${error.message}`,
        'Use a token with the scope that is named.',
        { cause: error },
      );
    }
    if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
      return new IntegrationError(
        'timeout',
        `${url} did not answer within ${timeoutMilliseconds} ms.`,
        'Ask for less, or allow more time.',
        {
          cause: error,
        },
      );
    }
    return new IntegrationError(
      'unreachable',
      `${url} cannot be asked: ${messageOf(error)}`,
      'See whether the server runs and the URL is right.',
      {
        cause: error,
      },
    );
  }
}

/** Where the kit's servers say in a machine's words why they refuse. */
const REFUSAL = 'ai-orchestra/refusal';

function refusedBy(
  { _meta }: { readonly _meta?: Readonly<Record<string, unknown>> | undefined },
  text: string,
): IntegrationError {
  const told = (_meta?.[REFUSAL] ?? {}) as {
    readonly code?: string;
    readonly fix?: string;
    readonly retryAfter?: number;
  };
  const { code = 'internal', fix = '', retryAfter } = told;
  const message = text.endsWith(fix) ? text.slice(0, text.length - fix.length).trim() : text;
  return new IntegrationError(code, message, fix, { ...(retryAfter !== undefined && { retryAfter }) });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
