/** Volumes of a pod, named by what they are for. A container mounts them by path. */
import type { Size } from 'cdk8s';
import type { Volume as KubeVolume, VolumeMount } from '../../imports/index.ts';
import { quantity } from './quantity.ts';
import type { SecretSpec } from './secret.ts';

/** A volume as a container mounts it. */
export interface Mount {
  readonly volume: KubeVolume;
  readonly mount?: Partial<VolumeMount>;
  /** The Secret that the volume shows, so that its readers are known. */
  readonly secret?: SecretSpec;
  /** A disk of the workload (`disks`), which a StatefulSet claims for each pod. */
  readonly disk?: string;
  /** What is claimed for each pod and goes with it. */
  readonly temporary?: Size;
  /** The ConfigMap that the volume shows; a change of its content restarts the pods. */
  readonly configMap?: string;
}

/** Scratch space that dies with the pod. `memory` keeps it in RAM, where it counts as the container's memory. */
export function scratch(name: string, limit: Size, options: { readonly memory?: boolean } = {}): Mount {
  return {
    volume: { name, emptyDir: { sizeLimit: quantity(limit), ...(options.memory && { medium: 'Memory' as const }) } },
  };
}

/**
 * A disk that comes and goes with each pod, for more than a node has room for. It is of GKE's own class, which deletes: ours
 * retain, and would leave a disk behind for every pod.
 */
export function temporaryDisk(name: string, size: Size): Mount {
  return {
    volume: {
      name,
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'standard-rwo',
            volumeMode: 'Filesystem',
            resources: { requests: { storage: quantity(size) } },
          },
        },
      },
    },
    temporary: size,
  };
}

/** A disk of the workload that outlives its pods. */
export function disk(name: string, options: { readonly subPath?: string; readonly readOnly?: true } = {}): Mount {
  return { volume: { name }, disk: name, mount: options };
}

/** A claim that exists beside the workload. */
export function claim(name: string, claimName: string, options: { readonly readOnly?: true } = {}): Mount {
  return { volume: { name, persistentVolumeClaim: { claimName } }, mount: options };
}

/** All keys of a ConfigMap as files, or one of them with `key`. */
export function configFiles(
  configMap: string,
  options: { readonly key?: string; readonly executable?: boolean } = {},
): Mount {
  return {
    volume: { name: configMap, configMap: { name: configMap, defaultMode: options.executable ? 0o555 : 0o444 } },
    mount: { readOnly: true, ...(options.key && { subPath: options.key }) },
    configMap,
  };
}

/** All keys of a Secret as files that the pod's group may read. */
export function secretFiles(secret: SecretSpec): Mount {
  return {
    volume: { name: secret.name, secret: { secretName: secret.name, defaultMode: 0o440 } },
    mount: { readOnly: true },
    secret,
  };
}

/** A token of the pod's ServiceAccount for one audience, renewed by the kubelet every hour. The file is `token`. */
export function serviceAccountToken(audience: string): Mount {
  return {
    volume: {
      name: `token-${audience}`,
      projected: {
        defaultMode: 0o440,
        sources: [{ serviceAccountToken: { audience, path: 'token', expirationSeconds: 3600 } }],
      },
    },
    mount: { readOnly: true },
  };
}
