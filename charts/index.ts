/** The charts of a cluster, in the order in which they need each other. */
import { ArgoCd } from '../argocd/argocd.ts';
import type { Cluster } from '../environments/index.ts';
import { InvalidInput } from '../environments/problem.ts';
import { Backup } from './backup.ts';
import { Broker } from './broker.ts';
import { Dragonfly } from './dragonfly.ts';
import { Gateway } from './gateway.ts';
import { overcommitment } from './lib/capacity.ts';
import { ExternalSecrets } from './lib/external-secrets.ts';
import { addNetworkPolicies } from './lib/network-policy.ts';
import { addPodMonitorings } from './lib/pod-monitoring.ts';
import { System } from './lib/system.ts';
import { McpServers } from './mcp-servers.ts';
import { Memory } from './memory.ts';
import { MongoDb } from './mongodb.ts';
import { Monitoring } from './monitoring.ts';
import { Platform } from './platform.ts';
import { Postgresql } from './postgresql.ts';
import { SuperAgi } from './superagi/superagi.ts';
import { Weaviate } from './weaviate.ts';

/**
 * Builds everything that runs in a cluster.
 * @throws InvalidInput where the workloads contradict each other or do not fit on the nodes
 */
export function buildSystem(cluster: Cluster): System {
  const system = new System(cluster);
  const dragonfly = new Dragonfly(system).workload;
  const mongodb = new MongoDb(system);
  const weaviate = new Weaviate(system);
  const postgresql = new Postgresql(system).workload;
  const broker = new Broker(system).workload;
  const memory = new Memory(system, { dragonfly, mongodb, weaviate }).workload;
  const mcpServers = new McpServers(system, { mongodb, weaviate, memory });
  const superagi = new SuperAgi(system, {
    postgresql,
    broker,
    memory,
    mcpServers: [mcpServers.mongodb, mcpServers.weaviate, mcpServers.memory],
  });
  new Gateway(system, { superagi });
  new Backup(system, { dragonfly, mongodb: mongodb.workload, weaviate: weaviate.workload, postgresql });
  // After all that it watches: its alerts follow from the workloads.
  if (system.environment.monitoring.enabled) new Monitoring(system);
  derive(system);
  // After all the others: what Argo CD may do follows from what they hold.
  new ArgoCd(system);
  return system;
}

/** What follows from the declarations of all workloads together. */
function derive(system: System) {
  const { folder, environment } = system.cluster;
  const problems = [
    ...system.topology.undeclaredAddresses().map((given) => ({
      path: folder,
      given,
      allowed: 'addresses of Services that the workload declares a call to',
      fix: 'declare the call in the chart of the workload',
    })),
    ...overcommitment(system).map((given) => ({
      path: `${environment.name}.cluster.nodes`,
      given,
      allowed: 'requests that fit on the nodes',
      fix: 'change the settings it names',
    })),
  ];
  if (problems.length > 0) throw new InvalidInput(`the charts of ${folder}`, problems);
  addPodMonitorings(system);
  addNetworkPolicies(system.topology);
  new ExternalSecrets(system);
  new Platform(system);
}
