/** DragonflyDB: short-term memory, for an hour. */

import { Cpu, Size } from '../environments/units.ts';
import { image } from './images.ts';
import { Application } from './lib/application.ts';
import { httpProbe, tcpProbe } from './lib/container.ts';
import { statefulSet } from './lib/controller.ts';
import type { System } from './lib/system.ts';
import { disk, scratch } from './lib/volume.ts';
import { Workload } from './lib/workload.ts';
import { secrets } from './secrets.ts';

/** The user of the image. Snapshots are 0600 of this user, so whoever reads them must run as it. */
export const dragonflyUser = 999;

/** The StatefulSet, its disk and its Service. */
export class Dragonfly extends Application {
  readonly workload: Workload;

  constructor(system: System) {
    super(system, 'dragonfly', import.meta.filename);
    const { volume, maxMemory, threads, snapshot, resources } = system.environment.dragonfly;
    this.workload = new Workload(this, {
      name: 'dragonfly',
      namespace: 'superagi-data',
      controller: statefulSet({ replicas: 1 }),
      user: dragonflyUser,
      priority: 'orchestra-data',
      // On SIGTERM it writes a last snapshot.
      terminationGraceSeconds: 120,
      // /metrics and /healthz are on the main port, without a password.
      listens: { redis: { port: 6379, metrics: '/metrics' } },
      disks: { data: { size: volume, storageClass: 'orchestra-ssd' } },
      containers: {
        dragonfly: {
          image: image('dragonfly'),
          args: [
            '--dir=/data',
            // Without a fixed name, each snapshot is a new file and nothing ever removes the old ones.
            '--dbfilename=dump',
            `--snapshot_cron=${snapshot}`,
            `--maxmemory=${maxMemory.toMebibytes()}mb`,
            `--proactor_threads=${threads}`,
            // containerd's default seccomp profile has no io_uring.
            '--force_epoll=true',
            '--version_check=false',
          ],
          env: { DFLY_requirepass: secrets.dragonfly.key('password') },
          resources,
          // Threads default to the CPUs it sees; the limit keeps that number what it is here.
          cpuLimit: Cpu.cores(threads),
          ports: ['redis'],
          mounts: { '/data': disk('data'), '/tmp': scratch('tmp', Size.mebibytes(256)) },
          probes: {
            // Loading a large snapshot takes minutes.
            startup: httpProbe('/healthz', 'redis', { failureThreshold: 60 }),
            readiness: httpProbe('/healthz', 'redis'),
            // Not /healthz: it says 503 while it loads, and a restart would begin again.
            liveness: tcpProbe('redis', { failureThreshold: 6 }),
          },
        },
      },
    });
  }
}
