import { Size } from '../../environments/units.ts';
import { ownImage } from '../images.ts';
import type { Application } from '../lib/application.ts';
import { httpProbe, tcpProbe } from '../lib/container.ts';
import { deployment } from '../lib/controller.ts';
import { scratch } from '../lib/volume.ts';
import { Workload } from '../lib/workload.ts';

/** The web pages. They call the backend from the browser, by /api of the same host; the server itself calls nobody. */
export class Gui extends Workload {
  constructor(scope: Application, { wave }: { readonly wave: number }) {
    const { system } = scope;
    const { replicas, resources } = system.environment.superagi.gui;
    super(scope, {
      name: 'superagi-gui',
      namespace: 'superagi',
      controller: deployment({ replicas }),
      // `superuser` of gui/DockerfileProd.
      user: 1001,
      priority: 'orchestra-service',
      terminationGraceSeconds: 60,
      spot: true,
      listens: { http: { port: 3000 } },
      wave,
      containers: {
        gui: {
          image: ownImage(system.cluster, 'superagi-gui'),
          command: ['node', 'server.js'],
          // Next listens on HOSTNAME, which would be the pod's name.
          env: { HOSTNAME: '0.0.0.0', PORT: '3000', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
          resources,
          ports: ['http'],
          // Resized images are kept there.
          mounts: {
            '/app/.next/cache': scratch('cache', Size.mebibytes(128)),
            '/tmp': scratch('tmp', Size.mebibytes(64)),
          },
          drainSeconds: 20,
          probes: {
            startup: httpProbe('/', 'http', { periodSeconds: 2, failureThreshold: 30 }),
            readiness: httpProbe('/', 'http'),
            liveness: tcpProbe('http', { failureThreshold: 6 }),
          },
        },
      },
    });
  }
}
