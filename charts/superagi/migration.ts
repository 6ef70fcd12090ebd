import { Duration } from '../../environments/units.ts';
import type { Application } from '../lib/application.ts';
import { job } from '../lib/controller.ts';
import { Workload } from '../lib/workload.ts';
import { type ProcessProps, superagiProcess, superagiUser } from './process.ts';

/**
 * Brings the schema up to date and seeds it, once for each version of the image, before any pod starts: `alembic upgrade head`
 * from several pods races, and the seed finds or creates rows without a unique constraint.
 */
export class Migration extends Workload {
  constructor(scope: Application, { env, calls, wave }: ProcessProps) {
    const { system } = scope;
    const { resources } = system.environment.superagi;
    const step = (command: readonly string[]) => superagiProcess(system, { command, env, resources });
    super(scope, {
      name: 'superagi-migration',
      namespace: 'superagi',
      controller: job({ deadline: Duration.minutes(30) }),
      user: superagiUser,
      priority: 'orchestra-batch',
      calls,
      wave,
      initContainers: { schema: step(['alembic', 'upgrade', 'head']) },
      // What each backend does when it starts; after this run it finds everything in place.
      containers: { seed: step(['python', '-c', 'import asyncio, main; asyncio.run(main.startup_event())']) },
    });
  }
}
