import type { Collection, CollectionConfig, WeaviateClient } from 'weaviate-client';
import type { WeaviateServerConfig } from '../config.ts';
import type { Reach } from '../policy/reach.ts';
import { refusalOf, unavailable } from './failure.ts';

/** A collection, or one tenant's part of it. */
export type Shard = Collection<undefined, string>;

/** The connection to Weaviate: made with the first call, as its client takes longer to load than the rest of the server. */
export class Database {
  readonly #config: WeaviateServerConfig;
  #client: Promise<WeaviateClient> | undefined;

  constructor(config: WeaviateServerConfig) {
    this.#config = config;
  }

  /**
   * Asks one question of what a caller can reach of a collection.
   * @param signal ends with the call; WEAVIATE_TIMEOUT_MS ends it before
   * @throws {ToolRefusal} `unavailable` where there is no answer in time, `argument` where Weaviate does not take the question
   */
  async ask<Value>(
    collection: string,
    { shard }: Reach,
    signal: AbortSignal,
    question: (shard: Shard, options: { readonly abortSignal: AbortSignal }) => Promise<Value>,
  ): Promise<Value> {
    return this.#within(signal, async (client, abortSignal) => {
      const whole = client.collections.use(collection);
      return question(shard === undefined ? whole : whole.withTenant(shard), { abortSignal });
    });
  }

  /** All collections that the API key may see. */
  async collections(signal: AbortSignal): Promise<readonly CollectionConfig[]> {
    return this.#within(signal, (client) => client.collections.listAll());
  }

  /** Whether Weaviate takes questions now. @throws {ToolRefusal} `unavailable` */
  async check(signal: AbortSignal): Promise<void> {
    const ready = await this.#within(signal, (client) => client.isReady());
    if (!ready) throw unavailable(new Error('it is not ready'));
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  async #within<Value>(
    signal: AbortSignal,
    use: (client: WeaviateClient, signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    signal.throwIfAborted();
    const late = AbortSignal.timeout(this.#config.WEAVIATE_TIMEOUT_MS);
    const either = AbortSignal.any([signal, late]);
    try {
      // Not every call of the client takes a signal: those are left alone, and end by the client's own timeout.
      return await Promise.race([this.#open().then((client) => use(client, either)), ended(either)]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (late.aborted) throw unavailable(error);
      throw refusalOf(error);
    }
  }

  #open(): Promise<WeaviateClient> {
    this.#client ??= connect(this.#config).catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }
}

async function connect(config: WeaviateServerConfig): Promise<WeaviateClient> {
  const { WEAVIATE_HTTP_HOST: httpHost, WEAVIATE_TLS: secure, WEAVIATE_API_KEY: apiKey } = config;
  const { default: weaviate, ApiKey } = await import('weaviate-client');
  const seconds = config.WEAVIATE_TIMEOUT_MS / 1000;
  const client = await weaviate.connectToCustom({
    httpHost,
    httpPort: config.WEAVIATE_HTTP_PORT,
    httpSecure: secure,
    grpcHost: config.WEAVIATE_GRPC_HOST ?? httpHost,
    grpcPort: config.WEAVIATE_GRPC_PORT,
    grpcSecure: secure,
    ...(apiKey === undefined ? {} : { authCredentials: new ApiKey(apiKey) }),
    timeout: { init: seconds, query: seconds, insert: seconds },
    // Whether Weaviate is there is asked by each call: this server also starts while it is down.
    skipInitChecks: true,
  });
  // A collection asks for it without waiting: where nothing answers, that would end the process. Once known, it is not asked again.
  await client.getWeaviateVersion();
  return client;
}

function ended(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}
