import { Construct } from 'constructs';
import type { Size } from '../../environments/units.ts';
import type { PersistentVolumeClaimSpec } from '../../imports/index.ts';
import type { Application } from './application.ts';
import type { ContainerProps } from './container.ts';
import type { Controller } from './controller.ts';
import { Endpoint } from './endpoint.ts';
import type { NamespaceName } from './namespaces.ts';
import { KubeObject } from './object.ts';
import type { ExternalPeer, PortRange } from './peers.ts';
import { podSpec } from './pod.ts';
import type { PriorityClassName } from './priority.ts';
import { SecretKey, type SecretSpec } from './secret.ts';
import type { StorageClassName } from './storage.ts';
import type { System } from './system.ts';

/** A port that a workload listens on. */
export interface Listener {
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
  /** Whether a Service offers it; metrics and peer ports need none. @default true */
  readonly service?: boolean;
  /** Path of Prometheus metrics on this port: it is scraped. @default not scraped */
  readonly metrics?: string;
  /** Application protocol, for load balancers. @default none */
  readonly appProtocol?: string;
}

/** A party that a workload calls, and why. */
export interface Call {
  readonly to: Endpoint | { readonly peer: ExternalPeer; readonly ports: readonly PortRange[] };
  readonly why: string;
}

/** A role on a Google Cloud resource, bound straight to the workload's ServiceAccount by the bootstrap. */
export interface CloudRole {
  /** Such as `roles/datastore.user`. */
  readonly role: string;
  readonly resource:
    | { readonly kind: 'project' }
    | { readonly kind: 'bucket'; readonly name: string }
    | { readonly kind: 'firestore'; readonly database: string };
  readonly why: string;
}

/** A disk that each pod of a StatefulSet claims. */
export interface Disk {
  readonly size: Size;
  readonly storageClass: StorageClassName;
  /** @default ['ReadWriteOnce'] */
  readonly accessModes?: PersistentVolumeClaimSpec['accessModes'];
}

/** What a workload is: what it listens on, whom it calls, what it needs, what its pods run. */
export interface WorkloadProps {
  /** Name of the controller, its Service, its ServiceAccount and its NetworkPolicy. Selectors follow from it: never change it. */
  readonly name: string;
  readonly namespace: NamespaceName;
  /** What runs the pods: deployment(), statefulSet(), job() or cronJob(). */
  readonly controller: Controller;
  /** @default none: nothing may connect */
  readonly listens?: Readonly<Record<string, Listener>>;
  /** @default none: only DNS may be reached */
  readonly calls?: readonly Call[];
  /** Names of `listens` that the pods of the workload call on each other, as the members of a cluster do. @default none */
  readonly peers?: readonly string[];
  /** @default none */
  readonly cloudRoles?: readonly CloudRole[];
  /** By volume name. @default none */
  readonly disks?: Readonly<Record<string, Disk>>;
  readonly containers: Readonly<Record<string, ContainerProps>>;
  /** Run one after the other before the containers. @default none */
  readonly initContainers?: Readonly<Record<string, ContainerProps>>;
  /** The user, and the group that owns the volumes, that every container runs as. Never 0. */
  readonly user: number;
  /** @default the same as `user` */
  readonly group?: number;
  readonly priority: PriorityClassName;
  /** Seconds from SIGTERM to SIGKILL. @default 30 */
  readonly terminationGraceSeconds?: number;
  /** Whether the pods may run on spot nodes, where the cluster has some. @default false */
  readonly spot?: boolean;
  /** How strictly pods are kept on different zones. @default 'prefer' */
  readonly spread?: 'prefer' | 'require';
  /** Workload whose node the pods must share, to mount its disk. @default none */
  readonly besides?: Workload;
  /** Sync wave of the controller within its application. @default by kind, see waves.ts */
  readonly wave?: number;
}

/**
 * One declaration from which the controller, Services, ServiceAccount, NetworkPolicy, ExternalSecrets, PodMonitoring,
 * HorizontalPodAutoscaler and PodDisruptionBudget follow. A flow that no workload declares cannot exist.
 */
export class Workload extends Construct {
  readonly props: WorkloadProps;
  readonly system: System;
  readonly application: Application;

  constructor(scope: Application, props: WorkloadProps) {
    super(scope, props.name);
    this.props = props;
    this.system = scope.system;
    this.application = scope;
    this.system.topology.add(this);
    new KubeObject(this, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: this.metadata,
      automountServiceAccountToken: false,
    });
    this.addServices();
    props.controller.render(this, podSpec(this));
  }

  get name(): string {
    return this.props.name;
  }

  get namespace(): NamespaceName {
    return this.props.namespace;
  }

  /** What selects the pods. It never changes: a selector is immutable. */
  get selector(): { readonly 'app.kubernetes.io/name': string } {
    return { 'app.kubernetes.io/name': this.props.name };
  }

  get metadata() {
    return { name: this.props.name, namespace: this.props.namespace, labels: this.selector };
  }

  /** A port of `listens`, for those who call it. */
  endpoint(name: string): Endpoint {
    const listener = this.props.listens?.[name];
    if (!listener)
      throw new Error(
        `${this.name} does not listen on '${name}' (${Object.keys(this.props.listens ?? {}).join(', ') || 'it listens on nothing'})`,
      );
    return new Endpoint(this, name, listener.port);
  }

  /** Name of the Service that gives each pod of a StatefulSet a name of its own. */
  get headlessService(): string {
    return `${this.name}-headless`;
  }

  /** DNS names of the pods of a StatefulSet. */
  get podHosts(): string[] {
    return Array.from(
      { length: this.props.controller.replicas.max },
      (_, index) => `${this.name}-${index}.${this.headlessService}.${this.namespace}.svc.cluster.local`,
    );
  }

  /** The Secrets that the pods read, each with the keys that are read as variables, or all of them as files. */
  get secrets(): Map<SecretSpec, Set<string>> {
    const read = new Map<SecretSpec, Set<string>>();
    const note = (secret: SecretSpec, keys: readonly string[]) =>
      read.set(secret, new Set([...(read.get(secret) ?? []), ...keys]));
    for (const container of this.allContainers) {
      for (const value of Object.values(container.env ?? {}))
        if (value instanceof SecretKey) note(value.secret, [value.key]);
      for (const { secret } of Object.values(container.mounts ?? {}))
        if (secret) note(secret, Object.keys(secret.keys));
    }
    return read;
  }

  get allContainers(): ContainerProps[] {
    return [...Object.values(this.props.initContainers ?? {}), ...Object.values(this.props.containers)];
  }

  private addServices() {
    const offered = Object.entries(this.props.listens ?? {}).filter(([, listener]) => listener.service !== false);
    const ports = offered.map(([name, { port, protocol, appProtocol }]) => ({
      name,
      port,
      targetPort: name,
      protocol: protocol ?? ('TCP' as const),
      ...(appProtocol && { appProtocol }),
    }));
    if (ports.length > 0)
      new KubeObject(this, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: this.metadata,
        spec: { type: 'ClusterIP', selector: this.selector, ports },
      });
    if (this.props.controller.kind !== 'StatefulSet') return;
    new KubeObject(this, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...this.metadata, name: this.headlessService },
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        // Members find each other before any is ready.
        publishNotReadyAddresses: true,
        selector: this.selector,
        ports: Object.entries(this.props.listens ?? {}).map(([name, { port, protocol }]) => ({
          name,
          port,
          targetPort: name,
          protocol: protocol ?? ('TCP' as const),
        })),
      },
    });
  }
}
