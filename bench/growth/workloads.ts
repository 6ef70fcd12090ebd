/**
 * One cluster with that many workloads of a usual kind, each calling the one before it: built and rendered once, in a process of
 * its own. Prints how long building and rendering took.
 */
import { join } from 'node:path';
import { Application } from '../../charts/lib/application.ts';
import { calls, callsGoogle } from '../../charts/lib/calls.ts';
import { overcommitment } from '../../charts/lib/capacity.ts';
import { ConfigFiles } from '../../charts/lib/config-map.ts';
import { httpProbe } from '../../charts/lib/container.ts';
import { deployment } from '../../charts/lib/controller.ts';
import { ExternalSecrets } from '../../charts/lib/external-secrets.ts';
import { addNetworkPolicies } from '../../charts/lib/network-policy.ts';
import { addPodMonitorings } from '../../charts/lib/pod-monitoring.ts';
import { SecretSpec } from '../../charts/lib/secret.ts';
import { System } from '../../charts/lib/system.ts';
import { configFiles, scratch } from '../../charts/lib/volume.ts';
import { Workload } from '../../charts/lib/workload.ts';
import { Platform } from '../../charts/platform.ts';
import { clusters } from '../../environments/index.ts';
import { Cpu, Size } from '../../environments/units.ts';
import { render } from '../../synth/render.ts';

/** What one process measured. Times are ms. */
export interface Growth {
  readonly objects: number;
  readonly build: number;
  readonly render: number;
}

const root = join(import.meta.dirname, '../..');

function build(workloads: number): System {
  const [cluster] = clusters();
  if (!cluster) throw new Error('there is no environment');
  const system = new System(cluster);
  const application = new Application(system, 'superagi', import.meta.filename);
  let before: Workload | undefined;
  for (let index = 0; index < workloads; index++) before = addWorkload(application, `workload-${index}`, before);
  system.topology.undeclaredAddresses();
  overcommitment(system);
  addPodMonitorings(system);
  addNetworkPolicies(system.topology);
  new ExternalSecrets(system);
  new Platform(system);
  return system;
}

/** A Deployment with all that comes with one: Service, autoscaler, budget, NetworkPolicy, ConfigMap, Secret, monitoring. */
function addWorkload(application: Application, name: string, before: Workload | undefined): Workload {
  const secret = new SecretSpec(name, { password: { meaning: 'Password', origin: { generate: 32 } } });
  new ConfigFiles(application, {
    name,
    namespace: 'superagi',
    data: { 'service.yaml': `name: ${name}\nport: 8080\n` },
  });
  const callee = before?.endpoint('http');
  return new Workload(application, {
    name,
    namespace: 'superagi',
    controller: deployment({ replicas: 2, autoscale: { maxReplicas: 4, cpuTarget: 70 } }),
    user: 65_532,
    priority: 'orchestra-service',
    listens: {
      http: { port: 8080, appProtocol: 'http' },
      metrics: { port: 9090, service: false, metrics: '/metrics' },
    },
    calls: [...(callee ? [calls(callee, 'work')] : []), callsGoogle('long-term memory')],
    containers: {
      [name]: {
        image: `example.com/${name}@sha256:${'0'.repeat(64)}`,
        env: { PORT: '8080', PASSWORD: secret.key('password'), ...(callee && { CALLEE: `http://${callee.address}` }) },
        resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(512) },
        ports: ['http', 'metrics'],
        mounts: { '/tmp': scratch('tmp', Size.mebibytes(64)), '/etc/service': configFiles(name) },
        probes: { readiness: httpProbe('/health/ready', 'http'), liveness: httpProbe('/health/live', 'http') },
      },
    },
  });
}

const started = performance.now();
const system = build(Number(process.argv[2]));
const built = performance.now();
const files = render(system, root);
const growth: Growth = { objects: files.length, build: built - started, render: performance.now() - built };
console.log(JSON.stringify(growth));
