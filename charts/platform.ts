/** What everything else stands on: namespaces, quotas, priorities, storage classes and the way to Secret Manager. */

import { Cpu } from '../environments/units.ts';
import { Application } from './lib/application.ts';
import { demand } from './lib/capacity.ts';
import { secretStore } from './lib/external-secrets.ts';
import { argoCdNamespace, type NamespaceName, namespaces } from './lib/namespaces.ts';
import { KubeObject } from './lib/object.ts';
import { priorityClasses } from './lib/priority.ts';
import { quantity } from './lib/quantity.ts';
import { storageClasses } from './lib/storage.ts';
import type { System } from './lib/system.ts';

/** Kubernetes minor whose Pod Security rules the namespaces enforce: the cluster's own. */
const podSecurityVersion = 'v1.35';

/** Room above what the workloads declare, for Jobs that an operator starts and for a rollout more. */
const quotaHeadroom = 1.25;

/** Rendered last: the quotas follow from what the workloads ask for. */
export class Platform extends Application {
  constructor(system: System) {
    super(system, 'platform', import.meta.filename);
    for (const namespace of namespaces) this.addNamespace(namespace);
    this.addPriorityClasses();
    this.addStorageClasses();
    this.addSecretStore();
  }

  private addNamespace(namespace: NamespaceName) {
    new KubeObject(this, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': podSecurityVersion,
          'pod-security.kubernetes.io/warn': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
        },
      },
    });
    new KubeObject(
      this,
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'default-deny', namespace },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      },
      { id: `${namespace}-default-deny` },
    );
    this.addQuota(namespace);
    new KubeObject(
      this,
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'defaults', namespace },
        spec: {
          limits: [
            // For a pod that somebody starts by hand: the quota refuses one without requests and a memory limit.
            { type: 'Container', defaultRequest: { cpu: '50m', memory: '128Mi' }, default: { memory: '256Mi' } },
          ],
        },
      },
      { id: `${namespace}-defaults` },
    );
  }

  private addQuota(namespace: NamespaceName) {
    const most = demand(this.system, 'max', (part) => part.namespace === namespace);
    const { exposure } = this.system.environment;
    const mebibytes = (amount: number) => quantity(Math.ceil((amount * quotaHeadroom) / 1024 ** 2) * 1024 ** 2);
    new KubeObject(
      this,
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'quota', namespace },
        spec: {
          hard: {
            pods: String(Math.ceil(most.pods * quotaHeadroom)),
            'requests.cpu': Cpu.millis(Math.ceil(most.cpuMillis * quotaHeadroom)).asString(),
            'requests.memory': mebibytes(most.memory),
            'limits.memory': mebibytes(most.memory),
            persistentvolumeclaims: String(Math.ceil(most.claims * quotaHeadroom)),
            'requests.storage': mebibytes(most.storage),
            'services.nodeports': '0',
            'services.loadbalancers': exposure.by === 'load-balancer' && namespace === 'superagi' ? '1' : '0',
          },
        },
      },
      { id: `${namespace}-quota` },
    );
  }

  private addPriorityClasses() {
    for (const [name, { value, meaning }] of Object.entries(priorityClasses))
      new KubeObject(this, {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        value,
        preemptionPolicy: 'PreemptLowerPriority',
        description: meaning,
      });
  }

  private addStorageClasses() {
    for (const [name, { provisioner, parameters, binding }] of Object.entries(storageClasses))
      new KubeObject(this, {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name },
        provisioner,
        parameters,
        // A deleted claim leaves its disk behind: losing data takes two decisions.
        reclaimPolicy: 'Retain',
        allowVolumeExpansion: true,
        volumeBindingMode: binding,
      });
    new KubeObject(this, {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotClass',
      metadata: { name: 'orchestra-snapshot' },
      driver: 'pd.csi.storage.gke.io',
      deletionPolicy: 'Retain',
    });
  }

  private addSecretStore() {
    const { gitops, googleCloud } = this.system.environment;
    const readers = [...namespaces, ...(gitops.notifications.by === 'slack' ? [argoCdNamespace] : [])];
    new KubeObject(this, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ClusterSecretStore',
      metadata: { name: secretStore },
      spec: {
        // No other namespace may read these secrets.
        conditions: [{ namespaces: readers }],
        // Without `auth`, the operator's own Workload Identity is used.
        provider: { gcpsm: { projectID: googleCloud.projectId } },
      },
    });
  }
}
