import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracedCall } from './observer.ts';

export interface TracingOptions {
  readonly serviceName: string;
  /** Base URL of a collector (OTLP over HTTP). */
  readonly endpoint: string;
  /** Share of traces that begin here and are kept, 0 to 1. */
  readonly ratio: number;
}

/** A span for each tool call. It has no argument and no row. */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor({ serviceName, endpoint, ratio }: TracingOptions) {
    const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new ParentBasedSampler({ root }),
      spanProcessors: [new BatchSpanProcessor({ exporter })],
    });
    this.#tracer = this.#provider.getTracer('mcp');
  }

  /** Runs a call as a child of the caller's span, or as the root of a trace that begins here. Names are OpenTelemetry's for MCP. */
  async traced<T>(
    { tool, traceparent, tenant }: TracedCall,
    work: (traceparent: string) => Promise<T>,
    outcomeOf: () => string,
  ): Promise<T> {
    const [, traceId, spanId, flags = '00'] = traceparent?.split('-') ?? [];
    const parent =
      traceId === undefined || spanId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId,
            traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
            isRemote: true,
          });
    const attributes = {
      'mcp.method.name': 'tools/call',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      ...(tenant !== undefined && { 'mcp.tenant': tenant }),
    };
    const span = this.#tracer.startSpan(`tools/call ${tool}`, { kind: SpanKind.SERVER, attributes }, parent);
    const own = span.spanContext();
    try {
      return await work(`00-${own.traceId}-${own.spanId}-${own.traceFlags.toString(16).padStart(2, '0')}`);
    } finally {
      const outcome = outcomeOf();
      if (outcome !== 'ok' && outcome !== 'question') {
        span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR, message: outcome });
      }
      span.end();
    }
  }

  /** Sends what was not sent yet. */
  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}
