import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a look into memory to the longest query. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics of the server. No label has a caller, a tenant or an argument: they would be without bound. */
export class Metrics {
  readonly registry = new Registry();
  readonly #seconds = new Histogram({
    name: 'mcp_tool_call_duration_seconds',
    help: 'Time of a tool call, by tool and outcome: ok, question, or the code of the refusal.',
    labelNames: ['tool', 'outcome'],
    buckets: BUCKETS,
    registers: [this.registry],
  });
  /** By tool and outcome: looking a series up by its labels takes as long as all the rest of counting. */
  readonly #series = new Map<string, Histogram.Internal<string>>();
  readonly #refused = new Counter({
    name: 'mcp_requests_refused_total',
    help: 'HTTP requests that were refused before any tool was called, by status.',
    labelNames: ['status'],
    registers: [this.registry],
  });

  /** @param running tool calls that run now, looked at when the metrics are scraped */
  constructor(running: () => number) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'mcp_tool_calls_running',
      help: 'Tool calls that run now.',
      registers: [this.registry],
      collect() {
        this.set(running());
      },
    });
  }

  called(tool: string, outcome: string, seconds: number): void {
    const name = `${tool} ${outcome}`;
    let series = this.#series.get(name);
    if (series === undefined) {
      series = this.#seconds.labels({ tool, outcome });
      this.#series.set(name, series);
    }
    series.observe(seconds);
  }

  refused(status: number): void {
    this.#refused.inc({ status: String(status) });
  }
}

/** /metrics on a port of its own, which callers of the endpoint cannot reach. */
export async function serveMetrics(
  registry: Registry,
  listen: { readonly host: string; readonly port: number },
): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', registry.contentType);
    response.end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listen.port, listen.host, resolve));
  return {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
