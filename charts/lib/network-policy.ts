/** NetworkPolicies: nothing may connect, and then exactly the flows that the workloads declare. */
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../../imports/index.ts';
import { KubeObject } from './object.ts';
import type { PortRange } from './peers.ts';
import type { Flow, Peer, Topology } from './topology.ts';
import { Workload } from './workload.ts';

/** Writes one policy for each workload, into the workload's own application. */
export function addNetworkPolicies(topology: Topology) {
  const flows = topology.flows();
  const inbound = Map.groupBy(flows, ({ to }) => to);
  const outbound = Map.groupBy(flows, ({ from }) => from);
  for (const workload of topology.workloads) {
    const ingress = inbound.get(workload) ?? [];
    const egress = outbound.get(workload) ?? [];
    new KubeObject(workload, {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: workload.metadata,
      spec: {
        podSelector: { matchLabels: workload.selector },
        policyTypes: ['Ingress', 'Egress'],
        ...(ingress.length > 0 && {
          ingress: ingress.map(({ from, ports }) => ({ from: selectors(from), ports: ports.map(portManifest) })),
        }),
        egress: egress.map(({ to, ports }: Flow) => ({ to: selectors(to), ports: ports.map(portManifest) })),
      },
    });
  }
}

function selectors(peer: Peer): readonly NetworkPolicyPeer[] {
  if (!(peer instanceof Workload)) return peer.selectors;
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
      podSelector: { matchLabels: peer.selector },
    },
  ];
}

const portManifest = ({ port, endPort, protocol }: PortRange): NetworkPolicyPort => ({
  port,
  protocol,
  ...(endPort && { endPort }),
});
