import type { Application } from '../lib/application.ts';
import { execProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { Workload } from '../lib/workload.ts';
import { agentMounts, type ProcessProps, superagiProcess, superagiUser } from './process.ts';

/**
 * Whether the worker takes tasks. `inspect ping` would not tell: after the broker was away, Celery 5 can answer it and yet
 * consume nothing (celery#8030, airflow#63580). Without -A it does not import SuperAGI; the broker is in CELERY_BROKER_URL.
 */
const consumes = [
  'sh',
  '-c',
  `celery inspect active_queues --timeout=15 -d "celery@$HOSTNAME" | grep -q "'name': 'celery'"`,
];

/** Celery workers, which run the steps of agents. */
export class Worker extends Workload {
  constructor(scope: Application, { env, calls, wave }: ProcessProps) {
    const { system } = scope;
    const { replicas, maxReplicas, cpuTarget, concurrency, resources } = system.environment.superagi.workers;
    super(scope, {
      name: 'superagi-worker',
      namespace: 'superagi',
      controller: deployment({ replicas, autoscale: { maxReplicas, cpuTarget } }),
      user: superagiUser,
      priority: 'orchestra-batch',
      // A step is acknowledged before it runs: one that is cut off is lost, and its run stands still until somebody resumes it.
      // Five minutes are enough for a model's answer; a spot node gives 15 seconds.
      terminationGraceSeconds: 300,
      spot: true,
      calls,
      wave,
      containers: {
        worker: superagiProcess(system, {
          command: ['celery', '-A', 'superagi.worker', 'worker', '--loglevel=info', `--concurrency=${concurrency}`],
          env,
          resources,
          mounts: agentMounts(),
          probes: {
            startup: execProbe(consumes, { timeoutSeconds: 30, failureThreshold: 30 }),
            liveness: execProbe(consumes, { periodSeconds: 60, timeoutSeconds: 30, failureThreshold: 5 }),
          },
        }),
      },
    });
  }
}
