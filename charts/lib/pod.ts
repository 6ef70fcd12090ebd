import { createHash } from 'node:crypto';
import type { PodSpec, PodTemplateSpec, Volume } from '../../imports/index.ts';
import { containerManifest } from './container.ts';
import type { Workload } from './workload.ts';

/** The pod of a workload, hardened to Pod Security `restricted`; what its ConfigMaps hold is part of its template. */
export function podSpec(workload: Workload): PodTemplateSpec {
  const { props, system } = workload;
  const listens = props.listens ?? {};
  const group = props.group ?? props.user;
  const many = props.controller.replicas.max > 1;
  const volumes = podVolumes(workload);
  const batch = props.controller.kind === 'Job' || props.controller.kind === 'CronJob';
  const spot = props.spot && system.environment.cluster.spot;
  const spec: PodSpec = {
    serviceAccountName: workload.name,
    automountServiceAccountToken: false,
    // A Service's variables (QDRANT_PORT, DFLY_SERVICE_HOST, ...) would be read as settings by SuperAGI and DragonflyDB.
    enableServiceLinks: false,
    priorityClassName: props.priority,
    terminationGracePeriodSeconds: props.terminationGraceSeconds ?? 30,
    restartPolicy: batch ? 'Never' : 'Always',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: props.user,
      runAsGroup: group,
      fsGroup: group,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(many && !batch && { topologySpreadConstraints: spread(workload) }),
    ...(spot && {
      nodeSelector: { 'cloud.google.com/gke-spot': 'true' },
      tolerations: [{ key: 'cloud.google.com/gke-spot', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    }),
    ...(props.besides && {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: props.besides.selector } },
          ],
        },
      },
    }),
    ...(props.initContainers && {
      initContainers: Object.entries(props.initContainers).map(([name, container]) =>
        containerManifest(name, container, listens),
      ),
    }),
    containers: Object.entries(props.containers).map(([name, container]) =>
      containerManifest(name, container, listens),
    ),
    ...(volumes.length > 0 && { volumes }),
  };
  const config = configHash(workload);
  return {
    metadata: {
      labels: { ...workload.selector, 'app.kubernetes.io/part-of': 'ai-orchestra' },
      ...(config && { annotations: { 'orchestra/config-hash': config } }),
    },
    spec,
  };
}

function spread(workload: Workload): PodSpec['topologySpreadConstraints'] {
  const whenUnsatisfiable = workload.props.spread === 'require' ? 'DoNotSchedule' : 'ScheduleAnyway';
  const labelSelector = { matchLabels: workload.selector };
  return [
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable, labelSelector },
    { topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
  ];
}

/** The volumes that the containers mount, each once. A StatefulSet's disks are claimed by its template instead. */
function podVolumes(workload: Workload): Volume[] {
  const volumes = new Map<string, Volume>();
  for (const container of workload.allContainers)
    for (const { volume, disk } of Object.values(container.mounts ?? {})) {
      if (disk !== undefined) {
        if (!workload.props.disks?.[disk])
          throw new Error(`${workload.name} mounts the disk '${disk}', which it does not declare`);
        continue;
      }
      const known = volumes.get(volume.name);
      if (known && JSON.stringify(known) !== JSON.stringify(volume))
        throw new Error(`${workload.name} has two volumes named '${volume.name}'`);
      volumes.set(volume.name, volume);
    }
  return [...volumes.values()];
}

/** Changes with the content of the ConfigMaps that the pods mount, so that they restart to read it. */
function configHash(workload: Workload): string | undefined {
  const names = workload.allContainers.flatMap(({ mounts }) =>
    Object.values(mounts ?? {}).flatMap(({ configMap }) => configMap ?? []),
  );
  if (names.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const name of [...new Set(names)].sort()) hash.update(workload.system.configMapHash(workload.namespace, name));
  return hash.digest('hex').slice(0, 16);
}
