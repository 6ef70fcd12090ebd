import { createHash } from 'node:crypto';
import { App, type Size } from 'cdk8s';
import type { Cluster } from '../../environments/index.ts';
import type { Environment } from '../../environments/schema.ts';
import type { Application } from './application.ts';
import type { argoCdNamespace, NamespaceName } from './namespaces.ts';
import type { SecretKey } from './secret.ts';
import { Topology } from './topology.ts';

/** A claim that stands for itself, outside a StatefulSet. */
export interface SharedClaim {
  readonly application: Application;
  readonly namespace: NamespaceName;
  readonly name: string;
  readonly size: Size;
}

/** An object, not a pod, that reads a Secret. */
export interface SecretReader {
  readonly namespace: NamespaceName | typeof argoCdNamespace;
  readonly key: SecretKey;
  /** Such as `GCPBackendPolicy/superagi`. */
  readonly reader: string;
}

/** Everything of one cluster while its charts are built: one cdk8s App, one topology. */
export class System {
  readonly app = new App({ recordConstructMetadata: false });
  readonly topology = new Topology();
  readonly cluster: Cluster;
  readonly claims: SharedClaim[] = [];
  /** Secrets that objects read which are not pods. */
  readonly secretReaders: SecretReader[] = [];
  private readonly configMaps = new Map<string, Readonly<Record<string, string>>>();
  private readonly contentHashes = new Map<string, string>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  get environment(): Environment {
    return this.cluster.environment;
  }

  /** The applications, in the order in which their charts were made. */
  get applications(): Application[] {
    return this.app.charts.filter((chart): chart is Application => Object.hasOwn(chart, 'application'));
  }

  addConfigMap(namespace: NamespaceName, name: string, data: Readonly<Record<string, string>>) {
    this.configMaps.set(`${namespace}/${name}`, data);
  }

  /** @throws where no chart has declared it yet */
  configMap(namespace: NamespaceName, name: string): Readonly<Record<string, string>> {
    const data = this.configMaps.get(`${namespace}/${name}`);
    if (!data)
      throw new Error(
        `no ConfigMap ${name} is declared in ${namespace}; declare it before the workload that mounts it`,
      );
    return data;
  }

  /** Changes with the content of the ConfigMap. */
  configMapHash(namespace: NamespaceName, name: string): string {
    const key = `${namespace}/${name}`;
    const known = this.contentHashes.get(key);
    if (known) return known;
    const hash = createHash('sha256')
      .update(JSON.stringify(this.configMap(namespace, name)))
      .digest('hex');
    this.contentHashes.set(key, hash);
    return hash;
  }
}
