import type { KubernetesResource } from '../testbed/servers/kubernetes/client.ts';

interface PodTemplate {
  readonly metadata: Record<string, unknown>;
  readonly spec: { readonly volumes?: readonly unknown[] } & Record<string, unknown>;
}

/** The template of the pods that an object makes; none for what makes no pods. */
export function podTemplate({ spec }: KubernetesResource): PodTemplate | undefined {
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: PodTemplate;
    jobTemplate?: { spec: { template: PodTemplate } };
  };
  return template ?? jobTemplate?.spec.template;
}

/** The pod that an object would make, for what is judged when a pod is made; a StatefulSet's with its disks. */
export function podOf(object: KubernetesResource): KubernetesResource | undefined {
  const template = podTemplate(object);
  if (!template) return undefined;
  const { name, namespace } = object.metadata;
  const { volumeClaimTemplates: claims = [] } = object.spec as {
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
  const disks = claims.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${object.kind.toLowerCase()}-${name}`, ...(namespace && { namespace }) },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...disks] },
  };
}
