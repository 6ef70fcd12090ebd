import { IntegrationError } from './error.ts';
import { type CallOptions, type Reply, ServerConnection } from './server.ts';

export interface IntegrationOptions {
  /** URL of the MongoDB server's endpoint. Not set: MCP_MONGODB_URL. */
  readonly mongodbUrl?: string;
  /** URL of the Weaviate server's endpoint. Not set: MCP_WEAVIATE_URL. */
  readonly weaviateUrl?: string;
  /** URL of the memory server's endpoint. Not set: MCP_MEMORY_URL. */
  readonly memoryUrl?: string;
  /** File with a bearer token, read again for each request. Not set: MCP_CLIENT_TOKEN_FILE; neither: no token is sent. */
  readonly tokenFile?: string;
  /** Collection that documents are searched in. Not set: the only one there is. */
  readonly collection?: string;
  /** Longest time that one call may take, in milliseconds. @default 30000 */
  readonly timeoutMilliseconds?: number;
}

export interface SearchOptions extends CallOptions {
  readonly collection?: string;
  /** Most results. @default the server's, 10 */
  readonly limit?: number;
  /** Such as `{ property: 'year', operator: 'greater_than', value: 2020 }`. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** More arguments of the tool `search`, such as `mode` and `cursor`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const servers = { mongodb: 'MCP_MONGODB_URL', weaviate: 'MCP_WEAVIATE_URL', memory: 'MCP_MEMORY_URL' } as const;
type ServerName = keyof typeof servers;

/**
 * The MCP servers for scripts:
 *
 *     const mcp = new MCPIntegration();
 *     const { rows } = await mcp.queryMongodb('Show agents created this week');
 *     await mcp.close();
 */
export class MCPIntegration {
  readonly #options: IntegrationOptions;
  readonly #connections = new Map<ServerName, ServerConnection>();
  #collection: string | undefined;

  constructor(options: IntegrationOptions = {}) {
    this.#options = options;
    this.#collection = options.collection;
  }

  /** Asks MongoDB a question in plain English. @throws {IntegrationError} */
  async queryMongodb(question: string, options: CallOptions = {}): Promise<Reply> {
    return this.call('mongodb', 'query', { question }, options);
  }

  /** Finds documents by words and meaning. @throws {IntegrationError} */
  async searchDocuments(query: string, options: SearchOptions = {}): Promise<Reply> {
    const { collection = await this.#onlyCollection(options), limit, filter, more } = options;
    const args = { collection, query, ...(limit !== undefined && { limit }), ...(filter && { filter }), ...more };
    return this.call('weaviate', 'search', args, options);
  }

  /** Calls any tool of a server. @throws {IntegrationError} */
  async call(
    server: ServerName,
    tool: string,
    args: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<Reply> {
    return this.#connection(server).call(tool, args, options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((one) => one.close()));
    this.#connections.clear();
  }

  async #onlyCollection(options: CallOptions): Promise<string> {
    if (this.#collection !== undefined) return this.#collection;
    const { rows } = await this.call('weaviate', 'list_collections', {}, options);
    const names = rows.map(({ name }) => String(name));
    const [only] = names;
    if (only === undefined || names.length > 1) {
      const there =
        only === undefined
          ? 'There is no collection that may be searched.'
          : `There are several collections: ${names.join(', ')}.`;
      throw new IntegrationError('setting', there, 'Say which: the option collection.');
    }
    this.#collection = only;
    return only;
  }

  #connection(server: ServerName): ServerConnection {
    const known = this.#connections.get(server);
    if (known !== undefined) return known;
    const { timeoutMilliseconds = 30_000, tokenFile = process.env.MCP_CLIENT_TOKEN_FILE } = this.#options;
    const url = this.#options[`${server}Url`] ?? process.env[servers[server]];
    if (url === undefined || !URL.canParse(url)) {
      throw new IntegrationError(
        'setting',
        url === undefined ? `Nothing says where the ${server} server is.` : `${JSON.stringify(url)} is no URL.`,
        `Give ${server}Url or set ${servers[server]}, such as http://localhost:8080/mcp.`,
      );
    }
    const connection = new ServerConnection({
      url,
      timeoutMilliseconds,
      ...(tokenFile !== undefined && { tokenFile }),
    });
    this.#connections.set(server, connection);
    return connection;
  }
}
