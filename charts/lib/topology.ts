/** Who talks to whom in a cluster. Everything is declared by the workloads; NetworkPolicies and `npm run flows` read it. */
import { Endpoint } from './endpoint.ts';
import {
  dns,
  type ExternalPeer,
  metadataServer,
  metadataServerWithoutDataplaneV2,
  type PortRange,
  prometheus,
} from './peers.ts';
import type { Call, Workload } from './workload.ts';

/** A party of a flow: a workload of ours, or somebody outside. */
export type Peer = Workload | ExternalPeer;

/** One allowed direction of connecting. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  readonly ports: readonly PortRange[];
  readonly why: string;
}

const tcp = (port: number): PortRange => ({ port, protocol: 'TCP' });

/** Collects workloads, and the flows that they and the edge of the system declare. */
export class Topology {
  private readonly byAddress = new Map<string, Workload>();
  private readonly inbound: Flow[] = [];

  get workloads(): Workload[] {
    return [...this.byAddress.values()];
  }

  /** @throws where two workloads of a namespace share a name, as they would share a selector */
  add(workload: Workload) {
    const address = `${workload.name}.${workload.namespace}`;
    const twin = this.byAddress.get(address);
    if (twin) throw new Error(`two workloads are named ${address}: ${twin.node.path} and ${workload.node.path}`);
    this.byAddress.set(address, workload);
  }

  /** Lets somebody outside connect to a workload. */
  admit(from: ExternalPeer, to: Endpoint, why: string) {
    this.inbound.push({ from, to: to.workload, ports: to.ports, why });
  }

  /** Every flow, in the order of the workloads. */
  flows(): Flow[] {
    return [
      ...this.workloads.flatMap((workload) => [...this.declaredBy(workload), ...this.impliedBy(workload)]),
      ...this.inbound,
    ];
  }

  private declaredBy(workload: Workload): Flow[] {
    const { calls = [], peers = [] } = workload.props;
    return [
      ...calls.map(({ to, why }: Call) =>
        to instanceof Endpoint
          ? { from: workload, to: to.workload, ports: to.ports, why }
          : { from: workload, to: to.peer, ports: to.ports, why },
      ),
      ...peers.map((port) => ({
        from: workload,
        to: workload,
        ports: workload.endpoint(port).ports,
        why: 'members of one cluster',
      })),
    ];
  }

  /** What every pod needs (DNS), what keyless access to Google Cloud needs, and what scraping needs. */
  private impliedBy(workload: Workload): Flow[] {
    const listeners = Object.values(workload.props.listens ?? {});
    const scraped = workload.system.environment.monitoring.enabled ? listeners.filter(({ metrics }) => metrics) : [];
    return [
      { from: workload, to: dns, ports: [{ port: 53, protocol: 'UDP' }, tcp(53)], why: 'names' },
      ...(workload.props.cloudRoles
        ? [
            { from: workload, to: metadataServer, ports: [tcp(80), tcp(8080)], why: 'Workload Identity tokens' },
            {
              from: workload,
              to: metadataServerWithoutDataplaneV2,
              ports: [tcp(987), tcp(988)],
              why: 'Workload Identity tokens',
            },
          ]
        : []),
      ...scraped.map(({ port }) => ({ from: prometheus, to: workload, ports: [tcp(port)], why: 'metrics' })),
    ];
  }

  /**
   * Addresses of workloads that stand in a workload's variables, arguments or files without a declared call: the
   * NetworkPolicies would drop what they are there for.
   */
  undeclaredAddresses(): string[] {
    const callees = new Map<Peer, Set<Peer>>();
    for (const { from, to } of this.flows()) callees.set(from, (callees.get(from) ?? new Set()).add(to));
    return this.workloads.flatMap((workload) => {
      const named = new Set(
        textsOf(workload)
          .filter((text) => text.includes('.svc'))
          .flatMap((text) => text.match(/[a-z0-9-]+\.[a-z0-9-]+\.svc\b/g) ?? []),
      );
      return [...named].flatMap((name) => {
        const address = name.replace(/\.svc$/, '');
        const target = this.byAddress.get(address) ?? this.byAddress.get(address.replace('-headless.', '.'));
        if (target === undefined) return [`${workload.node.path} names ${name}, and no workload has such a Service`];
        if (target === workload || callees.get(workload)?.has(target)) return [];
        return [
          `${workload.node.path} names ${name} and does not declare that it calls ${target.name}: add it to \`calls\``,
        ];
      });
    });
  }
}

/** Where a workload can hold an address: in variables, arguments, commands and files. */
function textsOf(workload: Workload): string[] {
  return workload.allContainers.flatMap(({ env, args, command, mounts }) => [
    ...Object.values(env ?? {}).filter((value) => typeof value === 'string'),
    ...(args ?? []),
    ...(command ?? []),
    ...Object.values(mounts ?? {}).flatMap(({ configMap }) =>
      configMap ? Object.values(workload.system.configMap(workload.namespace, configMap)) : [],
    ),
  ]);
}
