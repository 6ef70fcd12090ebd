import type { Application } from '../lib/application.ts';
import { httpProbe, tcpProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { Workload } from '../lib/workload.ts';
import { agentMounts, type ProcessProps, superagiProcess, superagiUser } from './process.ts';

/** The one path that answers 200 without a login and without the database: SuperAGI has no health endpoint. */
export const backendHealthPath = '/configs/get/env';

/** The API. Sessions are signed tokens, so any pod can answer any request. */
export class Backend extends Workload {
  constructor(scope: Application, { env, calls, wave }: ProcessProps) {
    const { system } = scope;
    const { replicas, maxReplicas, cpuTarget, resources } = system.environment.superagi;
    super(scope, {
      name: 'superagi',
      namespace: 'superagi',
      controller: deployment({ replicas, autoscale: { maxReplicas, cpuTarget } }),
      user: superagiUser,
      priority: 'orchestra-service',
      // Twenty seconds in which the load balancer still sends, then the requests under way.
      terminationGraceSeconds: 90,
      listens: { http: { port: 8001 } },
      calls,
      wave,
      containers: {
        backend: superagiProcess(system, {
          command: ['uvicorn', 'main:app', '--host=0.0.0.0', '--port=8001'],
          // What stands in front ends TLS and takes /api off the path; redirects must lead back through it. Only it can connect.
          args: ['--root-path=/api', '--forwarded-allow-ips=*'],
          env,
          resources,
          ports: ['http'],
          mounts: agentMounts(),
          drainSeconds: 20,
          probes: {
            // Imports and the look at the seed take up to three minutes.
            startup: httpProbe(backendHealthPath, 'http', { failureThreshold: 30, timeoutSeconds: 5 }),
            readiness: httpProbe(backendHealthPath, 'http', { timeoutSeconds: 5 }),
            // A busy pod answers late and must not be restarted for it.
            liveness: tcpProbe('http', { failureThreshold: 6 }),
          },
        }),
      },
    });
  }
}
