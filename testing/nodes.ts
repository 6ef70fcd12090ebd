import { allocatable } from '../charts/lib/capacity.ts';
import type { Cluster } from '../environments/index.ts';
import { type FakeNode, fakeNodes } from '../testbed/servers/kubernetes/nodes.ts';

/** The zones of the cluster's region. */
export const zonesOf = ({ region }: Cluster): readonly string[] =>
  ['a', 'b', 'c'].map((zone) => `${region.location}-${zone}`);

/** As many nodes as the cluster may grow to, of its machine type, three of them spot where it has such. */
export function nodesOf(cluster: Cluster): readonly FakeNode[] {
  const { nodes, machineType, spot } = cluster.environment.cluster;
  const place = allocatable(machineType);
  if (!place) throw new Error(`the size of a ${machineType} is not known`);
  const capacity = { cpu: `${place.cpuMillis}m`, memory: String(place.memory) };
  const zones = zonesOf(cluster);
  if (!spot) return fakeNodes({ count: nodes.max, zones, capacity });
  const label = 'cloud.google.com/gke-spot';
  const taints = [{ key: label, value: 'true', effect: 'NoSchedule' }];
  return [
    ...fakeNodes({ count: nodes.max - 3, zones, capacity }),
    ...fakeNodes({ count: 3, zones, capacity, prefix: 'spot', labels: { [label]: 'true' }, taints }),
  ];
}
