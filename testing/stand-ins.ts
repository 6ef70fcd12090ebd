/** What SuperAGI stands on, reduced to names and ports, for tests of what stands on it. */
import type { ApiObject } from 'cdk8s';
import { image } from '../charts/images.ts';
import { Application, type ApplicationName } from '../charts/lib/application.ts';
import { deployment } from '../charts/lib/controller.ts';
import { addNetworkPolicies } from '../charts/lib/network-policy.ts';
import { KubeObject } from '../charts/lib/object.ts';
import { System } from '../charts/lib/system.ts';
import { Workload } from '../charts/lib/workload.ts';
import { SuperAgi } from '../charts/superagi/superagi.ts';
import { clusters } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { Cpu, Size } from '../environments/units.ts';

/** The dev cluster with other settings, and SuperAGI in it. */
export function systemWithSuperAgi(change: Partial<Environment> = {}) {
  const cluster = clusters().find(({ environment }) => environment.name === 'dev');
  if (!cluster) throw new Error('there is no dev environment');
  const system = new System({ ...cluster, environment: { ...cluster.environment, ...change } });
  const superagi = new SuperAgi(system, {
    postgresql: standIn(system, 'postgresql', 'superagi-postgresql', 'superagi-data', { postgresql: 5432 }),
    broker: standIn(system, 'broker', 'superagi-broker', 'superagi-data', { redis: 6379 }),
    memory: standIn(system, 'memory', 'memory', 'superagi', { http: 8080 }),
    mcpServers: [standIn(system, 'mcp-servers', 'mcp-mongodb', 'superagi', { http: 8080 })],
  });
  return { system, superagi };
}

function standIn(
  system: System,
  application: ApplicationName,
  name: string,
  namespace: 'superagi' | 'superagi-data',
  ports: Readonly<Record<string, number>>,
) {
  return new Workload(new Application(system, application, import.meta.filename), {
    name,
    namespace,
    controller: deployment({ replicas: 1 }),
    user: 1000,
    priority: 'orchestra-service',
    listens: Object.fromEntries(Object.entries(ports).map(([port, number]) => [port, { port: number }])),
    containers: { main: { image: image('dragonfly'), resources: { cpu: Cpu.millis(10), memory: Size.mebibytes(16) } } },
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a manifest as the API server reads it; tests look into it by path
export type Manifest = any;

/** Finds the manifests of a kind, by name. */
export function manifests(system: System): (kind: string, name: string) => Manifest {
  addNetworkPolicies(system.topology);
  const all = system.app.node
    .findAll()
    .filter((construct): construct is KubeObject => construct instanceof KubeObject)
    .map((object: ApiObject) => object.toJson());
  // The name of a Job ends in a hash.
  const matches = ({ kind, metadata }: Manifest, wanted: string) =>
    kind === 'Job' ? metadata.name.startsWith(`${wanted}-`) : metadata.name === wanted;
  return (kind, name) => all.find((manifest) => manifest.kind === kind && matches(manifest, name));
}
