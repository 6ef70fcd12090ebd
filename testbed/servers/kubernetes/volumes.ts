/**
 * Stands in for a storage driver's provisioner, which a cluster of fake nodes has none of: claims get their volumes, and
 * released volumes go as their class says.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  StorageV1Api,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1StorageClass,
} from '@kubernetes/client-node';

const zoneLabel = 'topology.kubernetes.io/zone';
const selectedNode = 'volume.kubernetes.io/selected-node';
const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/** Whether a provisioner would make a volume for this claim now: not before a node is chosen, where the class waits. */
export function wantsVolume(claim: V1PersistentVolumeClaim, storageClass: V1StorageClass | undefined): boolean {
  if (!storageClass || storageClass.provisioner === 'kubernetes.io/no-provisioner') return false;
  if (claim.spec?.volumeName || claim.status?.phase !== 'Pending' || claim.metadata?.deletionTimestamp) return false;
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  return !waits || claim.metadata?.annotations?.[selectedNode] !== undefined;
}

/**
 * The volume for a claim, of exactly the size asked for. Like a zonal disk it can be used in `zone` only; a volume that
 * many nodes write (ReadWriteMany) can be used anywhere.
 */
export function volumeFor(
  claim: V1PersistentVolumeClaim,
  storageClass: V1StorageClass,
  zone: string | undefined,
): V1PersistentVolume {
  const { name, namespace, uid } = claim.metadata ?? {};
  const accessModes = claim.spec?.accessModes ?? [];
  const zonal = zone !== undefined && !accessModes.includes('ReadWriteMany');
  const inZone = { matchExpressions: [{ key: zoneLabel, operator: 'In', values: [zone ?? ''] }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pvc-${uid}`, annotations: { [provisionedBy]: storageClass.provisioner } },
    spec: {
      accessModes,
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '1Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...{ name, namespace, uid } },
      csi: { driver: storageClass.provisioner, volumeHandle: `pvc-${uid}` },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata?.name ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      ...(storageClass.mountOptions ? { mountOptions: storageClass.mountOptions } : {}),
      ...(zonal ? { nodeAffinity: { required: { nodeSelectorTerms: [inZone] } } } : {}),
    },
  };
}

function isReleased({ metadata, spec, status }: V1PersistentVolume): boolean {
  const ours = metadata?.annotations?.[provisionedBy] !== undefined;
  return ours && status?.phase === 'Released' && spec?.persistentVolumeReclaimPolicy === 'Delete';
}

/** Another turn made or removed it already. */
function isSettled(error: unknown): boolean {
  return error instanceof ApiException && (error.code === 409 || error.code === 404);
}

async function serve(core: CoreV1Api, storage: StorageV1Api): Promise<void> {
  const claims = (await core.listPersistentVolumeClaimForAllNamespaces()).items;
  const classes = (await storage.listStorageClass()).items;
  for (const claim of claims) {
    const storageClass = classes.find(({ metadata }) => metadata?.name === claim.spec?.storageClassName);
    if (!storageClass || !wantsVolume(claim, storageClass)) continue;
    const node = claim.metadata?.annotations?.[selectedNode];
    const zone = node === undefined ? undefined : (await core.readNode({ name: node })).metadata?.labels?.[zoneLabel];
    await core.createPersistentVolume({ body: volumeFor(claim, storageClass, zone) });
  }
  for (const volume of (await core.listPersistentVolume()).items.filter(isReleased)) {
    await core.deletePersistentVolume({ name: volume.metadata?.name ?? '' });
  }
}

/**
 * Gives each pending claim of a cluster a volume, until stopped: at once where its class binds at once, and when the
 * scheduler has chosen a node where it waits. An error is told on standard error and the next turn tries again.
 */
export function bindVolumes({ kubeconfigFile }: { readonly kubeconfigFile: string }): { stop(): Promise<void> } {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const core = config.makeApiClient(CoreV1Api);
  const storage = config.makeApiClient(StorageV1Api);
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await serve(core, storage).catch((error: Error) => {
        if (!isSettled(error)) console.error(`testbed: volumes could not be bound: ${error.message}`);
      });
      // Not referenced: a forgotten stop() must not keep the process, and so its servers, alive.
      await sleep(200, undefined, { ref: false, signal }).catch(() => {});
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
