/** What the pods of a cluster ask for, and what its nodes have. */
import type { Size } from '../../environments/units.ts';
import type { ContainerProps } from './container.ts';
import type { SharedClaim, System } from './system.ts';
import type { Workload } from './workload.ts';

/** CPU in thousandths of a core, memory and storage in bytes. */
export interface Demand {
  readonly pods: number;
  readonly cpuMillis: number;
  readonly memory: number;
  readonly storage: number;
  readonly claims: number;
}

const bytes = (size: Size) => size.toKibibytes() * 1024;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** What one pod asks for: its containers together, or its largest init container, whichever is more. */
function podDemand({ props }: Workload) {
  const of = (containers: readonly ContainerProps[]) =>
    containers.map(({ resources }) => ({ cpu: resources.cpu.millis, memory: bytes(resources.memory) }));
  const main = of(Object.values(props.containers));
  const init = of(Object.values(props.initContainers ?? {}));
  return {
    cpu: Math.max(sum(main.map(({ cpu }) => cpu)), ...init.map(({ cpu }) => cpu)),
    memory: Math.max(sum(main.map(({ memory }) => memory)), ...init.map(({ memory }) => memory)),
  };
}

/** The disks that come and go with each pod, each once. */
function temporaryDisks({ allContainers }: Workload): Size[] {
  const mounts = allContainers.flatMap(({ mounts }) => Object.values(mounts ?? {}));
  const byVolume = new Map(mounts.flatMap(({ volume, temporary }) => (temporary ? [[volume.name, temporary]] : [])));
  return [...byVolume.values()];
}

/**
 * What the workloads ask for: at all times (`min`), or at the most, with every autoscaler at its bound and every rollout under way (`max`).
 * @param of which workloads and claims count @default all
 */
export function demand(
  system: System,
  when: 'min' | 'max',
  of: (part: Workload | SharedClaim) => boolean = () => true,
): Demand {
  const parts = system.topology.workloads.filter(of).map((workload): Demand => {
    const { replicas } = workload.props.controller;
    const pods = when === 'min' ? replicas.min : replicas.max + replicas.surge;
    const { cpu, memory } = podDemand(workload);
    const disks = [...Object.values(workload.props.disks ?? {}).map(({ size }) => size), ...temporaryDisks(workload)];
    const count = when === 'min' ? replicas.min : replicas.max;
    return {
      pods,
      cpuMillis: pods * cpu,
      memory: pods * memory,
      storage: count * sum(disks.map(bytes)),
      claims: count * disks.length,
    };
  });
  const shared = system.claims.filter(of);
  return {
    pods: sum(parts.map(({ pods }) => pods)),
    cpuMillis: sum(parts.map(({ cpuMillis }) => cpuMillis)),
    memory: sum(parts.map(({ memory }) => memory)),
    storage: sum(parts.map(({ storage }) => storage)) + sum(shared.map(({ size }) => bytes(size))),
    claims: sum(parts.map(({ claims }) => claims)) + shared.length,
  };
}

/** Memory of a vCPU, in GiB, by the middle word of a machine type. */
const gibibytesPerCpu: Readonly<Record<string, number>> = { standard: 4, highmem: 8, highcpu: 1 };

/**
 * What pods can use of a node: GKE's own reservation taken off, and 500m and 1 GiB for what GKE runs on every node.
 * @returns undefined for a machine type whose size its name does not tell
 * @see https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes
 */
export function allocatable(machineType: string): { readonly cpuMillis: number; readonly memory: number } | undefined {
  const [, shape, cpuText] = machineType.split('-');
  const cpus = Number(cpuText);
  const perCpu = gibibytesPerCpu[shape ?? ''];
  if (!cpus || !perCpu) return undefined;
  const tier = (amount: number, tiers: readonly (readonly [number, number])[]) => {
    let left = amount;
    return sum(
      tiers.map(([upTo, share]) => {
        const part = Math.min(left, upTo);
        left -= part;
        return part * share;
      }),
    );
  };
  const gibibytes = cpus * perCpu;
  const reservedCpu = tier(cpus, [
    [1, 0.06],
    [1, 0.01],
    [2, 0.005],
    [Number.POSITIVE_INFINITY, 0.0025],
  ]);
  const reservedMemory =
    tier(gibibytes, [
      [4, 0.25],
      [4, 0.2],
      [8, 0.1],
      [112, 0.06],
      [Number.POSITIVE_INFINITY, 0.02],
    ]) + 0.1;
  return {
    cpuMillis: Math.floor((cpus - reservedCpu) * 1000) - 500,
    memory: Math.floor((gibibytes - reservedMemory - 1) * 1024 ** 3),
  };
}

/** Why the pods do not fit on the nodes that the cluster may have; empty when they do. */
export function overcommitment(system: System): string[] {
  const { machineType, nodes } = system.environment.cluster;
  const node = allocatable(machineType);
  if (!node) return [];
  const most = demand(system, 'max');
  const gib = (amount: number) => `${(amount / 1024 ** 3).toFixed(1)} GiB`;
  const problems: string[] = [];
  if (most.cpuMillis > nodes.max * node.cpuMillis)
    problems.push(
      `all pods at their bounds ask for ${most.cpuMillis}m CPU, and ${nodes.max} nodes of ${machineType} have ${nodes.max * node.cpuMillis}m: raise cluster.nodes.max or lower maxReplicas`,
    );
  if (most.memory > nodes.max * node.memory)
    problems.push(
      `all pods at their bounds ask for ${gib(most.memory)}, and ${nodes.max} nodes of ${machineType} have ${gib(nodes.max * node.memory)}: raise cluster.nodes.max or lower maxReplicas`,
    );
  for (const workload of system.topology.workloads) {
    const pod = podDemand(workload);
    if (pod.cpu > node.cpuMillis || pod.memory > node.memory)
      problems.push(
        `one pod of ${workload.name} asks for ${pod.cpu}m CPU and ${gib(pod.memory)}, more than a ${machineType} has (${node.cpuMillis}m, ${gib(node.memory)})`,
      );
  }
  return problems;
}
