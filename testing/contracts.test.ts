/** What must hold between the objects of a cluster, looked at in dist/ as Argo CD reads it. */
import { describe, expect, test } from 'vitest';
import { argoCdNamespace } from '../charts/lib/namespaces.ts';
import type {
  Container,
  Deployment,
  ExternalSecret,
  NetworkPolicy,
  PodSpec,
  Service,
  StatefulSet,
} from '../imports/index.ts';
import type { KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { clusterFolders, storedObjects } from './clusters.ts';
import { podTemplate } from './pods.ts';

describe.each(clusterFolders)('%s', (cluster) => {
  const objects = storedObjects(cluster).map(({ object }) => object);
  const of = <T>(kind: string) =>
    objects.filter((object) => object.kind === kind) as unknown as (T & KubernetesResource)[];
  const idOf = ({ kind, metadata }: KubernetesResource) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const pods = objects.flatMap((object) => {
    const template = podTemplate(object);
    return template
      ? [
          {
            id: idOf(object),
            namespace: object.metadata.namespace ?? '',
            labels: template.metadata.labels as Record<string, string>,
            spec: template.spec as unknown as PodSpec,
          },
        ]
      : [];
  });
  const containers = pods.flatMap((pod) =>
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container: Container) => ({ pod, container })),
  );
  const exists = (kind: string, name: string, namespace?: string) =>
    objects.some(
      (object) => object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace,
    );

  test('has every workload of the guide, by the names that people type', () => {
    const names = objects.map(idOf);
    for (const name of [
      'superagi',
      'superagi-worker',
      'superagi-beat',
      'superagi-gui',
      'memory',
      'mcp-mongodb',
      'mcp-weaviate',
      'mcp-memory',
    ])
      expect(names).toContain(`Deployment superagi/${name}`);
    for (const name of ['dragonfly', 'mongodb', 'weaviate', 'superagi-postgresql', 'superagi-broker'])
      expect(names).toContain(`StatefulSet superagi-data/${name}`);
    expect(names).toContain('Deployment superagi-data/transformers-inference');
    expect(names).toContain('Deployment monitoring/grafana');
    for (const store of ['dragonfly', 'mongodb', 'weaviate', 'postgresql']) {
      expect(names).toContain(`CronJob superagi-data/backup-${store}`);
      expect(names).toContain(`Job superagi-data/restore-${store}`);
    }
    for (const name of ['superagi-migration', 'mongodb-initiate'])
      expect(
        names.some((id) => id.startsWith('Job ') && id.includes(`/${name}-`)),
        name,
      ).toBe(true);
    expect(of<Deployment>('Deployment').find(({ metadata }) => metadata.name === 'superagi-beat')?.spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
  });

  test('reads no secret that External Secrets does not bring, and brings none that nobody reads', () => {
    const brought = new Set(
      of<ExternalSecret>('ExternalSecret').flatMap(({ metadata, spec }) =>
        (spec?.data ?? []).map(({ secretKey }) => `${metadata.namespace}/${metadata.name}/${secretKey}`),
      ),
    );
    const read = new Set<string>();
    for (const { pod, container } of containers)
      for (const { valueFrom } of container.env ?? [])
        if (valueFrom?.secretKeyRef)
          read.add(`${pod.namespace}/${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`);
    for (const { namespace, spec } of pods)
      for (const { secret } of spec.volumes ?? [])
        if (secret) for (const key of brought) if (key.startsWith(`${namespace}/${secret.secretName}/`)) read.add(key);
    for (const policy of objects.filter(({ kind }) => kind === 'GCPBackendPolicy')) {
      const { default: settings } = policy.spec as { default: { iap?: { oauth2ClientSecret: { name: string } } } };
      if (settings.iap) read.add(`${policy.metadata.namespace}/${settings.iap.oauth2ClientSecret.name}/client-secret`);
    }
    expect([...read].filter((key) => !brought.has(key))).toEqual([]);
    expect([...brought].filter((key) => !read.has(key))).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('mounts no ConfigMap, claim or key that is not there', () => {
    const missing: string[] = [];
    for (const { id, namespace, spec } of pods)
      for (const volume of spec.volumes ?? []) {
        if (volume.configMap && !exists('ConfigMap', volume.configMap.name ?? '', namespace))
          missing.push(`${id}: ConfigMap ${volume.configMap.name}`);
        const claim = volume.persistentVolumeClaim?.claimName;
        const fromTemplate = of<StatefulSet>('StatefulSet').some(
          ({ metadata, spec }) =>
            metadata.namespace === namespace &&
            spec.volumeClaimTemplates?.some((template) =>
              claim?.startsWith(`${template.metadata.name}-${metadata.name}-`),
            ),
        );
        if (claim && !fromTemplate && !exists('PersistentVolumeClaim', claim, namespace))
          missing.push(`${id}: claim ${claim}`);
      }
    for (const { pod, container } of containers)
      for (const mount of container.volumeMounts ?? []) {
        const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
        const files =
          volume?.configMap &&
          of<{ data: object }>('ConfigMap').find(
            ({ metadata }) => metadata.name === volume.configMap?.name && metadata.namespace === pod.namespace,
          )?.data;
        if (files && mount.subPath && !(mount.subPath in files)) missing.push(`${pod.id}: key ${mount.subPath}`);
        const disk = of<StatefulSet>('StatefulSet').some(
          (set) =>
            idOf(set) === pod.id && set.spec.volumeClaimTemplates?.some(({ metadata }) => metadata.name === mount.name),
        );
        if (!volume && !disk) missing.push(`${pod.id}: volume ${mount.name}`);
      }
    expect(missing).toEqual([]);
  });

  test('every Service leads to a port that some pod opens, and every probe asks a port of its container', () => {
    const dangling = of<Service>('Service').flatMap((service) => {
      const selected = pods.filter(
        ({ namespace, labels }) =>
          namespace === service.metadata.namespace &&
          Object.entries(service.spec?.selector ?? {}).every(([key, value]) => labels[key] === value),
      );
      const open = new Set(
        selected.flatMap(({ spec }) => spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name))),
      );
      return (service.spec?.ports ?? [])
        .filter(({ targetPort }) => !open.has(String(targetPort)))
        .map(({ name }) => `${idOf(service)} ${name}`);
    });
    expect(dangling).toEqual([]);
    for (const { pod, container } of containers)
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
        const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
        if (port !== undefined)
          expect(
            container.ports?.map(({ name }) => name),
            pod.id,
          ).toContain(port);
      }
  });

  test('refers to no ServiceAccount, priority class, storage class or target that is not there', () => {
    for (const { id, namespace, spec } of pods) {
      expect(exists('ServiceAccount', spec.serviceAccountName ?? '', namespace), id).toBe(true);
      expect(exists('PriorityClass', spec.priorityClassName ?? ''), id).toBe(true);
    }
    for (const { spec } of of<StatefulSet>('StatefulSet'))
      for (const { spec: claim } of spec.volumeClaimTemplates ?? [])
        expect(exists('StorageClass', claim?.storageClassName ?? '')).toBe(true);
    for (const object of objects)
      if (object.metadata.namespace && object.metadata.namespace !== argoCdNamespace)
        expect(exists('Namespace', object.metadata.namespace), idOf(object)).toBe(true);
    for (const { metadata, spec } of of<{ spec: { scaleTargetRef: { name: string } } }>('HorizontalPodAutoscaler'))
      expect(exists('Deployment', spec.scaleTargetRef.name, metadata.namespace)).toBe(true);
  });

  test('pins every image by digest, and hardens every container', () => {
    for (const { pod, container } of containers) {
      expect(container.image, pod.id).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(container.securityContext, `${pod.id} ${container.name}`).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
      expect(container.resources?.requests, pod.id).toEqual({ cpu: expect.any(String), memory: expect.any(String) });
      expect(container.resources?.limits?.memory, pod.id).toEqual(container.resources?.requests?.memory);
    }
    for (const { id, spec } of pods) {
      expect(spec, id).toMatchObject({
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(spec.securityContext?.runAsUser, id).toBeGreaterThan(0);
    }
  });

  test('what serves requests has probes, and what holds data keeps its disk', () => {
    for (const { pod, container } of containers) {
      if (!/^(Deployment|StatefulSet)/.test(pod.id) || !pod.spec.containers.includes(container)) continue;
      expect(container.livenessProbe ?? container.readinessProbe, `${pod.id} ${container.name}`).toBeDefined();
    }
    for (const set of of<StatefulSet>('StatefulSet'))
      expect(set.spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    for (const { reclaimPolicy } of of<{ reclaimPolicy: string }>('StorageClass')) expect(reclaimPolicy).toBe('Retain');
  });

  test('selects pods by a name that no refactoring changes', () => {
    for (const { kind, metadata, spec } of [...of<Deployment>('Deployment'), ...of<StatefulSet>('StatefulSet')])
      expect(spec?.selector.matchLabels, `${kind} ${metadata.name}`).toEqual({
        'app.kubernetes.io/name': metadata.name,
      });
  });

  test('leaves the number of pods to the autoscaler where there is one', () => {
    const scaled = of<{ spec: { scaleTargetRef: { name: string } } }>('HorizontalPodAutoscaler').map(
      ({ spec }) => spec.scaleTargetRef.name,
    );
    expect(scaled).toContain('superagi');
    for (const { metadata, spec } of of<Deployment>('Deployment'))
      expect('replicas' in (spec ?? {}), metadata.name).toBe(!scaled.includes(metadata.name));
  });

  test('every pod is under a NetworkPolicy for both directions, and everything else is denied', () => {
    const policies = of<NetworkPolicy>('NetworkPolicy');
    for (const namespace of of('Namespace'))
      expect(
        policies.find(
          ({ metadata }) => metadata.namespace === namespace.metadata.name && metadata.name === 'default-deny',
        )?.spec,
      ).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { id, namespace, labels } of pods) {
      const own = policies.filter(
        ({ metadata, spec }) =>
          metadata.namespace === namespace &&
          spec?.podSelector?.matchLabels?.['app.kubernetes.io/name'] === labels['app.kubernetes.io/name'],
      );
      expect(own, id).toHaveLength(1);
      expect(own[0]?.spec?.policyTypes, id).toEqual(['Ingress', 'Egress']);
    }
  });
});
