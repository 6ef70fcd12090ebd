import type { KitConfig } from '../config.ts';
import { type Observer, silent } from './observer.ts';

/**
 * Listens with what is configured: metrics, traces, both or neither.
 * @param running tool calls that run now
 */
export async function openObserver(config: KitConfig, running: () => number): Promise<Observer> {
  const [metrics, tracing] = await Promise.all([openMetrics(config, running), openTracing(config)]);
  return {
    called: metrics?.called ?? silent.called,
    refused: metrics?.refused ?? silent.refused,
    traced:
      tracing === undefined
        ? silent.traced
        : (call, work) => {
            let outcome = 'internal';
            const tell = (told: string) => {
              outcome = told;
            };
            return tracing.traced(
              call,
              (traceparent) => work(traceparent, tell),
              () => outcome,
            );
          },
    async close() {
      await tracing?.close();
      await metrics?.close();
    },
  };
}

async function openMetrics({ MCP_METRICS_PORT: port, MCP_HTTP_HOST: host }: KitConfig, running: () => number) {
  if (port === undefined) return undefined;
  const { Metrics, serveMetrics } = await import('./metrics.ts');
  const metrics = new Metrics(running);
  const { close } = await serveMetrics(metrics.registry, { host, port });
  return { called: metrics.called.bind(metrics), refused: metrics.refused.bind(metrics), close };
}

async function openTracing(config: KitConfig) {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: sampler } = config;
  if (endpoint === undefined || sampler === 'always_off') return undefined;
  const { Tracing } = await import('./tracing.ts');
  return new Tracing({
    serviceName: config.OTEL_SERVICE_NAME,
    endpoint: String(endpoint),
    ratio: sampler === 'parentbased_traceidratio' ? config.OTEL_TRACES_SAMPLER_ARG : 1,
  });
}
