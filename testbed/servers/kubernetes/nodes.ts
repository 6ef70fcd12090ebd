import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, type V1Node, type V1Taint } from '@kubernetes/client-node';

/** A node that exists only in the API: KWOK reports it, and the pods bound to it, as running. */
export interface FakeNode {
  readonly name: string;
  /** Kubernetes quantities, also taken as allocatable. Default: 16 CPU, 64Gi of memory, 110 pods. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** `us-central1-a`. Sets the zone label and, without the last part, the region label. Default: neither. */
  readonly zone?: string;
  /** Win over the labels that the other properties set. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly V1Taint[];
}

export interface FakeNodes extends Omit<FakeNode, 'name' | 'zone'> {
  readonly count: number;
  /** Nodes are spread over them in turn. Default: no zone. */
  readonly zones?: readonly string[];
  /** Names are `<prefix>-0`, `<prefix>-1`, ... Default: `node`. */
  readonly prefix?: string;
}

/** `count` nodes of one kind: `fakeNodes({ count: 3, zones: ['us-central1-a', 'us-central1-b', 'us-central1-c'] })`. */
export function fakeNodes({ count, zones = [], prefix = 'node', ...kind }: FakeNodes): readonly FakeNode[] {
  return Array.from({ length: count }, (_, index) => {
    const zone = zones[index % zones.length];
    return { ...kind, name: `${prefix}-${index}`, ...(zone === undefined ? {} : { zone }) };
  });
}

/** The object that `createNodes` sends for a node. */
export function nodeObject({ name, capacity, zone, labels, taints }: FakeNode): V1Node {
  const resources = { cpu: '16', memory: '64Gi', pods: '110', ...capacity };
  const topology = zone && {
    'topology.kubernetes.io/zone': zone,
    'topology.kubernetes.io/region': zone.replace(/-[^-]*$/, ''),
  };
  const standard = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...standard, ...topology, ...labels } },
    ...(taints ? { spec: { taints: [...taints] } } : {}),
    status: { capacity: resources, allocatable: resources },
  };
}

function acceptsPods({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return ready && !spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready');
}

/**
 * Adds nodes to a cluster that runs KWOK and a controller manager, and waits until pods can be scheduled on them.
 * Throws when they are not ready within `deadlineSeconds` (default 120), or when a name is taken.
 */
export async function createNodes(
  { kubeconfigFile }: { readonly kubeconfigFile: string },
  nodes: readonly FakeNode[],
  deadlineSeconds = 120,
): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const core = config.makeApiClient(CoreV1Api);
  for (const node of nodes) await core.createNode({ body: nodeObject(node) });

  const deadline = performance.now() + deadlineSeconds * 1_000;
  let waiting = nodes.map(({ name }) => name);
  while (waiting.length > 0) {
    if (performance.now() > deadline) {
      throw new Error(`fake nodes not ready after ${deadlineSeconds} s: ${waiting.join(', ')}`);
    }
    await sleep(100);
    const { items } = await core.listNode();
    const ready = new Set(items.filter(acceptsPods).map(({ metadata }) => metadata?.name));
    waiting = waiting.filter((name) => !ready.has(name));
  }
}
