import type { PortRange } from './peers.ts';
import type { Workload } from './workload.ts';

/** A port that a workload listens on, as its callers see it. */
export class Endpoint {
  readonly workload: Workload;
  /** Name of the port, such as `http`. */
  readonly name: string;
  readonly port: number;

  constructor(workload: Workload, name: string, port: number) {
    this.workload = workload;
    this.name = name;
    this.port = port;
  }

  /** DNS name of the Service: `dragonfly.superagi-data.svc.cluster.local`. */
  get host(): string {
    return `${this.workload.name}.${this.workload.namespace}.svc.cluster.local`;
  }

  /** `dragonfly.superagi-data.svc.cluster.local:6379` */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** DNS names of each pod of a StatefulSet, by its headless Service, with the port. */
  get podAddresses(): string[] {
    return this.workload.podHosts.map((host) => `${host}:${this.port}`);
  }

  get ports(): readonly PortRange[] {
    return [{ port: this.port, protocol: this.workload.props.listens?.[this.name]?.protocol ?? 'TCP' }];
  }
}
