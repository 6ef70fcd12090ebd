import type { V1PersistentVolumeClaim, V1StorageClass } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { volumeFor, wantsVolume } from './volumes.ts';

const selected = { 'volume.kubernetes.io/selected-node': 'node-0' };

function storageClass(more: Partial<V1StorageClass> = {}): V1StorageClass {
  return { metadata: { name: 'fast' }, provisioner: 'pd.csi.storage.gke.io', ...more };
}

function claim(more: Partial<V1PersistentVolumeClaim> = {}, accessMode = 'ReadWriteOnce'): V1PersistentVolumeClaim {
  return {
    metadata: { name: 'data', namespace: 'default', uid: '42' },
    spec: { accessModes: [accessMode], resources: { requests: { storage: '10Gi' } } },
    status: { phase: 'Pending' },
    ...more,
  };
}

test('a class that binds at once gets a volume at once', () => {
  expect(wantsVolume(claim(), storageClass({ volumeBindingMode: 'Immediate' }))).toBe(true);
});

test('a class that waits for a consumer gets one when a node is chosen', () => {
  const waits = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });
  expect(wantsVolume(claim(), waits)).toBe(false);
  expect(wantsVolume(claim({ metadata: { annotations: selected } }), waits)).toBe(true);
});

test.each([
  ['is bound', claim({ status: { phase: 'Bound' } }), storageClass()],
  ['names its volume', claim({ spec: { volumeName: 'mine' } }), storageClass()],
  ['is being deleted', claim({ metadata: { deletionTimestamp: new Date() } }), storageClass()],
  ['has no class', claim(), undefined],
  ['has a class without a provisioner', claim(), storageClass({ provisioner: 'kubernetes.io/no-provisioner' })],
])('a claim that %s gets none', (_, claim, storageClass) => {
  expect(wantsVolume(claim, storageClass)).toBe(false);
});

test('a volume is what the claim and its class ask for, kept to the zone of its node', () => {
  const volume = volumeFor(claim(), storageClass({ reclaimPolicy: 'Retain' }), 'us-central1-b');
  expect(volume.spec).toEqual({
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '10Gi' },
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace: 'default', uid: '42' },
    csi: { driver: 'pd.csi.storage.gke.io', volumeHandle: 'pvc-42' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['us-central1-b'] }] },
        ],
      },
    },
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'fast',
    volumeMode: 'Filesystem',
  });
});

test('a volume that many nodes write is kept to no zone', () => {
  expect(volumeFor(claim({}, 'ReadWriteMany'), storageClass(), 'us-central1-b').spec).not.toHaveProperty(
    'nodeAffinity',
  );
});
