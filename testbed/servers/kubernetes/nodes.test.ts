import { expect, test } from 'vitest';
import { fakeNodes, nodeObject } from './nodes.ts';

test('nodes are spread over their zones in turn', () => {
  const nodes = fakeNodes({ count: 3, zones: ['us-central1-a', 'us-central1-b'], prefix: 'data' });
  expect(nodes).toEqual([
    { name: 'data-0', zone: 'us-central1-a' },
    { name: 'data-1', zone: 'us-central1-b' },
    { name: 'data-2', zone: 'us-central1-a' },
  ]);
});

test('a node without a zone has no topology labels', () => {
  expect(fakeNodes({ count: 1 })).toEqual([{ name: 'node-0' }]);
  expect(nodeObject({ name: 'node-0' }).metadata?.labels).toEqual({
    'kubernetes.io/hostname': 'node-0',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  });
});

test('a node has the region of its zone, its own labels and taints, and the capacity it is given', () => {
  const taint = { key: 'cloud.google.com/gke-spot', value: 'true', effect: 'NoSchedule' };
  const node = nodeObject({
    name: 'spot-0',
    zone: 'us-central1-c',
    capacity: { cpu: '4', 'nvidia.com/gpu': '1' },
    labels: { 'cloud.google.com/gke-spot': 'true', 'kubernetes.io/arch': 'arm64' },
    taints: [taint],
  });
  expect(node.metadata?.labels).toMatchObject({
    'topology.kubernetes.io/zone': 'us-central1-c',
    'topology.kubernetes.io/region': 'us-central1',
    'cloud.google.com/gke-spot': 'true',
    'kubernetes.io/arch': 'arm64',
  });
  expect(node.spec?.taints).toEqual([taint]);
  expect(node.status?.allocatable).toEqual({ cpu: '4', memory: '64Gi', pods: '110', 'nvidia.com/gpu': '1' });
});
