import { writeFile } from 'node:fs/promises';
import { downloadModule, pinnedModule } from '../testbed/crds/go-module.ts';
import { type CrdDocument, crdDocuments } from '../testbed/crds/sources.ts';
import { type CustomKind, customDefinitions } from './custom-resource.ts';
import { kubernetesDefinitions } from './kubernetes.ts';
import { type Definitions, declarations } from './typescript.ts';

const kubernetesKinds = [
  'core.v1.Namespace',
  'core.v1.ServiceAccount',
  'core.v1.ConfigMap',
  'core.v1.Secret',
  'core.v1.Service',
  'core.v1.PersistentVolumeClaim',
  'core.v1.PersistentVolume',
  'core.v1.ResourceQuota',
  'core.v1.LimitRange',
  'core.v1.Pod',
  'apps.v1.Deployment',
  'apps.v1.StatefulSet',
  'apps.v1.DaemonSet',
  'batch.v1.Job',
  'batch.v1.CronJob',
  'autoscaling.v2.HorizontalPodAutoscaler',
  'policy.v1.PodDisruptionBudget',
  'networking.v1.NetworkPolicy',
  'rbac.v1.Role',
  'rbac.v1.RoleBinding',
  'rbac.v1.ClusterRole',
  'rbac.v1.ClusterRoleBinding',
  'scheduling.v1.PriorityClass',
  'storage.v1.StorageClass',
  'admissionregistration.v1.ValidatingAdmissionPolicy',
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  'apiextensions.v1.CustomResourceDefinition',
];

interface CustomFile {
  readonly name: string;
  readonly union: string;
  /** The Go module that carries the CRDs; ours in testbed/crds without one. */
  readonly module?: string;
  readonly kinds: readonly CustomKind[];
}

const customFiles: readonly CustomFile[] = [
  {
    name: 'argoproj',
    union: 'ArgoprojObject',
    module: 'github.com/argoproj/argo-cd/v3',
    kinds: [
      {
        crd: 'applications.argoproj.io',
        version: 'v1alpha1',
        // One folder of plain YAML as source. Helm, Kustomize, plugins, several sources and the status are 4,000 lines.
        only: {
          '': ['apiVersion', 'kind', 'metadata', 'spec'],
          spec: ['destination', 'ignoreDifferences', 'project', 'source', 'syncPolicy'],
          'spec.source': ['path', 'repoURL', 'targetRevision'],
        },
      },
      {
        crd: 'appprojects.argoproj.io',
        version: 'v1alpha1',
        only: { '': ['apiVersion', 'kind', 'metadata', 'spec'] },
      },
    ],
  },
  {
    name: 'gateway-networking',
    union: 'GatewayNetworkingObject',
    module: 'sigs.k8s.io/gateway-api',
    kinds: [
      { crd: 'gateways.gateway.networking.k8s.io', version: 'v1' },
      { crd: 'httproutes.gateway.networking.k8s.io', version: 'v1' },
    ],
  },
  {
    name: 'external-secrets',
    union: 'ExternalSecretsObject',
    module: 'github.com/external-secrets/external-secrets',
    kinds: [
      { crd: 'externalsecrets.external-secrets.io', version: 'v1' },
      // Google Secret Manager only: the other providers are 4,000 lines.
      { crd: 'clustersecretstores.external-secrets.io', version: 'v1', only: { 'spec.provider': ['gcpsm'] } },
    ],
  },
  {
    name: 'networking-gke',
    union: 'NetworkingGkeObject',
    kinds: [
      { crd: 'healthcheckpolicies.networking.gke.io', version: 'v1' },
      { crd: 'gcpbackendpolicies.networking.gke.io', version: 'v1' },
      { crd: 'gcpgatewaypolicies.networking.gke.io', version: 'v1' },
    ],
  },
  {
    name: 'monitoring-googleapis',
    union: 'MonitoringGoogleapisObject',
    kinds: [
      { crd: 'podmonitorings.monitoring.googleapis.com', version: 'v1' },
      { crd: 'clusterpodmonitorings.monitoring.googleapis.com', version: 'v1' },
      { crd: 'rules.monitoring.googleapis.com', version: 'v1' },
      { crd: 'clusterrules.monitoring.googleapis.com', version: 'v1' },
      { crd: 'operatorconfigs.monitoring.googleapis.com', version: 'v1' },
    ],
  },
  {
    name: 'snapshot-storage',
    union: 'SnapshotStorageObject',
    module: 'github.com/kubernetes-csi/external-snapshotter/client/v8',
    kinds: [
      { crd: 'volumesnapshotclasses.snapshot.storage.k8s.io', version: 'v1' },
      { crd: 'volumesnapshots.snapshot.storage.k8s.io', version: 'v1' },
    ],
  },
];

/** The text of every generated file, by its name. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const crds = new Map((await crdDocuments()).map((crd) => [crd.metadata.name, crd]));
  const custom = customFiles.map(async (file) => [`${file.name}.generated.ts`, await customFile(file, crds)] as const);
  return new Map([['k8s.generated.ts', await kubernetesFile()], ...(await Promise.all(custom))]);
}

async function kubernetesFile(): Promise<string> {
  const module = await pinnedModule('k8s.io/kubernetes');
  const definitions = await kubernetesDefinitions(await downloadModule(module), kubernetesKinds);
  const kinds = kubernetesKinds.map((kind) => kind.slice(kind.lastIndexOf('.') + 1));
  return [
    header(`${module.path} ${module.version}`),
    union('K8sObject', kinds),
    'export type NamedObjectMeta = ObjectMeta & { readonly name: string };\n',
    declarations(definitions),
  ].join('\n');
}

async function customFile(file: CustomFile, crds: ReadonlyMap<string, CrdDocument>): Promise<string> {
  const module = file.module === undefined ? undefined : await pinnedModule(file.module);
  const definitions: Definitions[] = [];
  const kinds: string[] = [];
  for (const kind of file.kinds) {
    const crd = crds.get(kind.crd);
    if (crd === undefined) throw new Error(`testbed/crds/sources.ts has no ${kind.crd}`);
    definitions.push(customDefinitions(crd, kind));
    kinds.push(crd.spec.names.kind);
  }
  return [
    header(module === undefined ? 'testbed/crds' : `${module.path} ${module.version}`),
    "import type { NamedObjectMeta } from './k8s.generated.ts';\n",
    union(file.union, kinds),
    ...definitions.map(declarations),
  ].join('\n');
}

function header(source: string): string {
  return `// Generated by imports/generate.ts from ${source}.\n`;
}

function union(name: string, kinds: readonly string[]): string {
  return `export type ${name} =\n${kinds.map((kind) => `  | ${kind}`).join('\n')};\n`;
}

if (import.meta.main) {
  for (const [name, text] of await generate()) await writeFile(new URL(name, import.meta.url), text);
}
