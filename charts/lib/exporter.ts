import { Cpu, Size } from '../../environments/units.ts';
import { type ContainerProps, httpProbe } from './container.ts';

/**
 * A Prometheus exporter beside the server that it reads, on the workload's port `metrics`. It has no readiness probe: a
 * server that answers must not be taken out of its Service because its metrics are missing.
 */
export function exporter(props: Pick<ContainerProps, 'image' | 'args' | 'env'>): ContainerProps {
  return {
    ...props,
    resources: { cpu: Cpu.millis(20), memory: Size.mebibytes(96) },
    ports: ['metrics'],
    // The landing page: /metrics would ask the server each time.
    probes: { liveness: httpProbe('/', 'metrics', { failureThreshold: 6 }) },
  };
}
