import { Cpu, Size } from '../../environments/units.ts';
import { image } from '../images.ts';
import type { Application } from '../lib/application.ts';
import { callsGoogle } from '../lib/calls.ts';
import { httpProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { Workload } from '../lib/workload.ts';

/**
 * Answers PromQL: passes queries on to Managed Service for Prometheus with the pod's own identity, as Grafana cannot log in
 * to Google. It asks nobody for a password; only Grafana may connect.
 * @see https://github.com/GoogleCloudPlatform/prometheus-engine/tree/main/cmd/frontend
 */
export function prometheusFrontend(scope: Application): Workload {
  const { projectId } = scope.system.environment.googleCloud;
  return new Workload(scope, {
    name: 'prometheus-frontend',
    namespace: 'monitoring',
    controller: deployment({ replicas: 1 }),
    // The user of the project's own example.
    user: 1000,
    priority: 'orchestra-service',
    listens: { http: { port: 9090, metrics: '/metrics' } },
    calls: [callsGoogle('queries of metrics')],
    cloudRoles: [{ role: 'roles/monitoring.viewer', resource: { kind: 'project' }, why: 'queries of metrics' }],
    containers: {
      frontend: {
        image: image('prometheus-frontend'),
        args: ['--web.listen-address=:9090', `--query.project-id=${projectId}`],
        resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(128) },
        ports: ['http'],
        probes: {
          readiness: httpProbe('/-/ready', 'http'),
          liveness: httpProbe('/-/healthy', 'http', { failureThreshold: 6 }),
        },
      },
    },
  });
}
