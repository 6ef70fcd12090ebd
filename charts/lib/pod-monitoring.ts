/** Scraping by Managed Service for Prometheus: every port that a workload declares metrics on. */

import { KubeObject } from './object.ts';
import type { System } from './system.ts';

/** Writes a PodMonitoring for each workload with metrics, where monitoring is on. */
export function addPodMonitorings(system: System) {
  const { enabled, interval } = system.environment.monitoring;
  if (!enabled) return;
  for (const workload of system.topology.workloads) {
    const scraped = Object.entries(workload.props.listens ?? {}).flatMap(([port, { metrics }]) =>
      metrics ? [{ port, path: metrics }] : [],
    );
    if (scraped.length === 0) continue;
    new KubeObject(workload, {
      apiVersion: 'monitoring.googleapis.com/v1',
      kind: 'PodMonitoring',
      metadata: workload.metadata,
      spec: {
        selector: { matchLabels: workload.selector },
        endpoints: scraped.map(({ port, path }) => ({
          port,
          path,
          scheme: 'http',
          interval: `${interval.toSeconds()}s`,
        })),
        targetLabels: { metadata: ['pod', 'container', 'top_level_controller_name', 'top_level_controller_type'] },
      },
    });
  }
}
