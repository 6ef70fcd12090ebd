import { Cpu, Size } from '../../environments/units.ts';
import type { Application } from '../lib/application.ts';
import { execProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { Workload } from '../lib/workload.ts';
import { type ProcessProps, superagiProcess, superagiUser } from './process.ts';

/** Whether it still keeps time: it writes its schedule every three minutes. */
const keepsTime = ['sh', '-c', 'test -n "$(find /tmp -maxdepth 1 -name \'celerybeat-schedule*\' -mmin -10)"'];

/** Celery beat, which starts scheduled and waiting agents. Two of it would start everything twice. */
export class Beat extends Workload {
  constructor(scope: Application, { env, calls, wave }: ProcessProps) {
    super(scope, {
      name: 'superagi-beat',
      namespace: 'superagi',
      controller: deployment({ replicas: 1, singleton: true }),
      user: superagiUser,
      priority: 'orchestra-service',
      calls,
      wave,
      containers: {
        beat: superagiProcess(scope.system, {
          // The schedule is in the code, so its file may die with the pod: both tasks find what is due in the database.
          command: [
            'celery',
            '-A',
            'superagi.worker',
            'beat',
            '--loglevel=info',
            '--schedule=/tmp/celerybeat-schedule',
          ],
          env,
          // Uncertain: the memory that the imports of superagi.worker take.
          resources: { cpu: Cpu.millis(50), memory: Size.gibibytes(1) },
          probes: {
            startup: execProbe(keepsTime, { failureThreshold: 30 }),
            liveness: execProbe(keepsTime, { periodSeconds: 60 }),
          },
        }),
      },
    });
  }
}
