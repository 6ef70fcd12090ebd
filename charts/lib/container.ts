import type { Resources } from '../../environments/schema.ts';
import type { Container, ContainerPort, EnvVar, Probe } from '../../imports/index.ts';
import { quantity } from './quantity.ts';
import { SecretKey } from './secret.ts';
import type { Mount } from './volume.ts';
import type { Listener } from './workload.ts';

/** Value of a variable: a literal, a key of a Secret, or a field of the pod such as `metadata.name`. */
export type EnvValue = string | SecretKey | { readonly field: string };

/** A container, without anything that has one right value here. */
export interface ContainerProps {
  /** Image with its digest, from images.ts. */
  readonly image: string;
  /** @default the image's own */
  readonly command?: readonly string[];
  /** @default the image's own */
  readonly args?: readonly string[];
  /** A later variable may use an earlier one as `$(NAME)`. @default none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** CPU and memory requested; the memory is its limit too. */
  readonly resources: Resources;
  /** CPU limit, for programs that size themselves by it. @default none: CPU is shared */
  readonly cpuLimit?: Resources['cpu'];
  /** By mount path. @default none */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /** Names of the workload's `listens` that this container serves. @default none */
  readonly ports?: readonly string[];
  /** @default none: fails only when the process ends */
  readonly probes?: { readonly startup?: Probe; readonly readiness?: Probe; readonly liveness?: Probe };
  /**
   * Seconds to go on serving after the pod is told to end, while load balancers still send to it.
   * @default 0
   */
  readonly drainSeconds?: number;
  readonly workingDir?: string;
  /** Why the root filesystem must be writable. @default it is read-only */
  readonly writableRoot?: { readonly because: string };
}

/** A probe over HTTP. Times are seconds. */
export function httpProbe(path: string, port: string, timing: Omit<Probe, 'httpGet'> = {}): Probe {
  return { httpGet: { path, port, scheme: 'HTTP' }, ...probeDefaults, ...timing };
}

/** A probe that connects. Times are seconds. */
export function tcpProbe(port: string, timing: Omit<Probe, 'tcpSocket'> = {}): Probe {
  return { tcpSocket: { port }, ...probeDefaults, ...timing };
}

/** A probe that runs a command. Times are seconds. */
export function execProbe(command: readonly string[], timing: Omit<Probe, 'exec'> = {}): Probe {
  return { exec: { command }, ...probeDefaults, ...timing };
}

/** The API server's defaults, stated: a reviewer sees them, and an upgrade cannot change them. */
const probeDefaults = { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3, successThreshold: 1 };

/** The container as Kubernetes reads it. */
export function containerManifest(
  name: string,
  props: ContainerProps,
  listens: Readonly<Record<string, Listener>>,
): Container {
  const { resources, cpuLimit, probes, drainSeconds } = props;
  return {
    name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    ...(props.command && { command: props.command }),
    ...(props.args && { args: props.args }),
    ...(props.workingDir && { workingDir: props.workingDir }),
    ...(props.env && { env: Object.entries(props.env).map(([key, value]) => envVar(key, value)) }),
    ...(props.ports && { ports: props.ports.map((port) => containerPort(name, port, listens)) }),
    resources: {
      requests: { cpu: resources.cpu.asString(), memory: quantity(resources.memory) },
      limits: { memory: quantity(resources.memory), ...(cpuLimit && { cpu: cpuLimit.asString() }) },
    },
    ...(props.mounts && {
      volumeMounts: Object.entries(props.mounts).map(([mountPath, { volume, mount }]) => ({
        name: volume.name,
        mountPath,
        ...mount,
      })),
    }),
    ...(probes?.startup && { startupProbe: probes.startup }),
    ...(probes?.readiness && { readinessProbe: probes.readiness }),
    ...(probes?.liveness && { livenessProbe: probes.liveness }),
    ...(drainSeconds && { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } }),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: props.writableRoot === undefined,
    },
  };
}

function envVar(name: string, value: EnvValue): EnvVar {
  if (typeof value === 'string') return { name, value };
  if (value instanceof SecretKey)
    return { name, valueFrom: { secretKeyRef: { name: value.secret.name, key: value.key } } };
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: value.field } } };
}

function containerPort(container: string, name: string, listens: Readonly<Record<string, Listener>>): ContainerPort {
  const listener = listens[name];
  if (!listener)
    throw new Error(
      `container ${container} serves the port '${name}', which its workload does not listen on (${Object.keys(listens).join(', ')})`,
    );
  return { name, containerPort: listener.port, protocol: listener.protocol ?? 'TCP' };
}
