import { choice, decimal, url, word } from './values.ts';

/** OpenTelemetry's standard variables, as far as a service of this project is told to read them. */
export const telemetry = (serviceName: string) => ({
  OTEL_SERVICE_NAME: word().default(serviceName).describe('Name of the service in traces.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url().optional().describe('Collector that gets the traces (OTLP); not set: no traces.'),
  OTEL_TRACES_SAMPLER: choice('parentbased_always_on', 'parentbased_traceidratio', 'always_off')
    .default('parentbased_always_on')
    .describe('Which traces are kept when the caller has not decided.'),
  OTEL_TRACES_SAMPLER_ARG: decimal({ min: 0, max: 1 })
    .default(1)
    .describe('Share of traces that parentbased_traceidratio keeps.'),
});
