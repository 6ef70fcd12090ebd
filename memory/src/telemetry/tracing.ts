import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type OperationId, operations } from '../api/operations.ts';
import type { Scope } from '../api/service.ts';
import type { MemoryConfig } from '../config.ts';

/** Names of OpenTelemetry's conventions for generative AI (2026, in development), where they have one. */
const conventional: Partial<Record<OperationId, string>> = {
  createMemories: 'create_memory',
  appendMessages: 'create_memory',
  updateMemory: 'update_memory',
  promoteMemory: 'update_memory',
  supersedeMemory: 'update_memory',
  putState: 'upsert_memory',
  patchState: 'upsert_memory',
  patchProfile: 'upsert_memory',
  patchPreferences: 'upsert_memory',
  deleteMemory: 'delete_memory',
  deleteState: 'delete_memory',
  forgetSubject: 'delete_memory',
  searchMemories: 'search_memory',
  assembleContext: 'search_memory',
  createSession: 'create_memory_store',
  deleteSession: 'delete_memory_store',
};

const TRACEPARENT = /^[\da-f]{2}-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/** A span for each request. It has no text, query or token, and no id of a memory. */
export class Tracing {
  readonly #provider: TracerProvider | undefined;
  readonly #tracer: Tracer | undefined;

  constructor(config: MemoryConfig) {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: sampler, OTEL_SERVICE_NAME: name } = config;
    if (endpoint === undefined || sampler === 'always_off') return;
    const ratio = sampler === 'parentbased_traceidratio' ? config.OTEL_TRACES_SAMPLER_ARG : 1;
    const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
    const url = `${String(endpoint).replace(/\/$/, '')}/v1/traces`;
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': name }),
      sampler: new ParentBasedSampler({ root }),
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) })],
    });
    this.#tracer = this.#provider.getTracer('memory');
  }

  /** Runs the work, given the id of the caller's trace or of one that begins here. */
  async traced<T>(
    operation: OperationId,
    headers: IncomingHttpHeaders,
    { tenant }: Scope,
    work: (traceId?: string) => Promise<T>,
  ): Promise<T> {
    const [, traceId, spanId, flags = '00'] = TRACEPARENT.exec(String(headers.traceparent ?? '')) ?? [];
    if (this.#tracer === undefined) return work(traceId);
    const sampled = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
    const parent =
      traceId === undefined || spanId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled, isRemote: true });
    const { method, path } = operations[operation];
    const name = conventional[operation];
    const attributes: Attributes = {
      'http.request.method': method,
      'http.route': path,
      'memory.operation': operation,
      'memory.tenant': tenant,
      ...(name !== undefined && { 'gen_ai.operation.name': name }),
    };
    const span = this.#tracer.startSpan(name ?? operation, { kind: SpanKind.SERVER, attributes }, parent);
    try {
      return await work(span.spanContext().traceId);
    } catch (error) {
      const type = error instanceof Error ? error.name : typeof error;
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR, message: type });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Sends what was not sent yet. */
  async close(): Promise<void> {
    await this.#provider?.shutdown();
  }
}
