import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RelayStats } from '../relay/relay.ts';
import type { GuardState } from '../resilience/guard.ts';

/** What is looked at when the metrics are scraped. */
export interface Watched {
  readonly admission: () => { readonly running: number; readonly waiting: number };
  readonly relay?: () => RelayStats;
  /** By tier, and `index`. */
  readonly guards?: Readonly<Record<string, () => GuardState>>;
}

/** Seconds; the edges around a budget of some milliseconds for a write and tens for a search. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of the service. No label has a tenant, an id or a path: they would be without bound. */
export class Metrics {
  readonly registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'memory_request_duration_seconds',
    help: 'Time to answer a request, by operation and class of status.',
    labelNames: ['operation', 'status'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  /** By operation and class of status: looking a series up by its labels takes as long as all the rest of counting. */
  readonly #series = new Map<string, Histogram.Internal<string>>();
  readonly #failures = new Counter({
    name: 'memory_request_failures_total',
    help: 'Requests that failed through no fault of the caller, by code of the problem.',
    labelNames: ['operation', 'code'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  finished(operation: string, status: number, seconds: number): void {
    const name = `${operation} ${Math.floor(status / 100)}xx`;
    let series = this.#series.get(name);
    if (series === undefined) {
      series = this.#seconds.labels({ operation, status: `${Math.floor(status / 100)}xx` });
      this.#series.set(name, series);
    }
    series.observe(seconds);
  }

  failed(operation: string, code: string): void {
    this.#failures.inc({ operation, code });
  }

  watch({ admission, relay, guards }: Watched): void {
    this.#gauge('memory_requests', 'Requests that are at work or wait for their turn.', ['state'], (gauge) => {
      const { running, waiting } = admission();
      gauge.set({ state: 'running' }, running);
      gauge.set({ state: 'waiting' }, waiting);
    });
    if (relay !== undefined) this.#watchRelay(relay);
    if (guards !== undefined) this.#watchGuards(guards);
  }

  #watchRelay(relay: () => RelayStats): void {
    this.#gauge('memory_outbox_documents', 'Documents that search does not find yet.', [], (gauge) =>
      gauge.set(relay().backlog),
    );
    this.#gauge('memory_outbox_lag_seconds', 'How long the oldest of them has waited.', [], (gauge) =>
      gauge.set(relay().lagMilliseconds / 1000),
    );
    this.#gauge('memory_outbox_parked_documents', 'Documents that the index refuses.', [], (gauge) =>
      gauge.set(relay().parked),
    );
  }

  #watchGuards(guards: Readonly<Record<string, () => GuardState>>): void {
    const each = (set: (store: string, state: GuardState) => void) => {
      for (const [store, state] of Object.entries(guards)) set(store, state());
    };
    this.#gauge(
      'memory_store_up',
      '1: its circuit is closed; 0: calls are refused or one is being tried.',
      ['store'],
      (gauge) => each((store, { circuit }) => gauge.set({ store }, circuit === 'closed' ? 1 : 0)),
    );
    this.#gauge('memory_store_calls', 'Calls to a store that run or wait.', ['store', 'state'], (gauge) =>
      each((store, { running, waiting }) => {
        gauge.set({ store, state: 'running' }, running);
        gauge.set({ store, state: 'waiting' }, waiting);
      }),
    );
    new Counter({
      name: 'memory_store_failures_total',
      help: 'Calls to a store that timed out, found it away, or were refused by its circuit.',
      labelNames: ['store', 'reason'],
      registers: [this.registry],
      collect() {
        this.reset();
        each((store, { failed }) => {
          for (const [reason, count] of Object.entries(failed)) this.inc({ store, reason }, count);
        });
      },
    });
  }

  #gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        read(this);
      },
    });
  }
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** /metrics on a port of its own, which callers of the API cannot reach. */
export async function serveMetrics(
  registry: Registry,
  listen: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', registry.contentType);
    response.end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listen.port, listen.host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
