/**
 * What an installation of Argo CD keeps in the API server: its namespace, CRDs and settings. The same as in a cluster,
 * where pods read the settings in two ways, some from the API at any time, some from their environment at their start.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { installCrds } from '../../crds/install.ts';
import { provide } from '../../provide/provide.ts';
import type { KubernetesClient, KubernetesResource } from '../kubernetes/client.ts';
import { argocdManifests } from './programs.ts';

/** Data of ConfigMaps by their name: `{ 'argocd-cm': { 'timeout.reconciliation': '60s' } }`. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What tests want different from a cluster: a push is seen within seconds. */
const quick: Settings = { 'argocd-cm': { 'timeout.reconciliation': '5s', 'timeout.reconciliation.jitter': '0s' } };

export class UnknownSettings extends Error {
  override readonly name = 'UnknownSettings';

  constructor(names: readonly string[], known: readonly string[]) {
    super(`Argo CD has no ConfigMap ${names.join(', ')}; it has ${known.join(', ')}`);
  }
}

interface Reference {
  readonly name: string;
  readonly key: string;
}

interface Variable {
  readonly name: string;
  readonly valueFrom?: { readonly configMapKeyRef?: Reference; readonly secretKeyRef?: Reference };
}

interface Workload extends KubernetesResource {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { env?: Variable[] }[] } } };
}

export interface Installation {
  /** Password of its Redis, which it keeps in the Secret `argocd-redis`. */
  readonly redisPassword: string;
  /** What the settings put into the environment of a component: the Deployment's or StatefulSet's of that name. */
  environmentOf(component: string): Readonly<Record<string, string>>;
}

/** ConfigMaps with the settings merged in, Secrets, and the project `default`, which argocd-server would make as well. */
export function settingsObjects(
  manifests: readonly KubernetesResource[],
  settings: Settings,
  namespace: string,
  redisPassword: string,
): readonly KubernetesResource[] {
  const configMaps = manifests.filter(({ kind }) => kind === 'ConfigMap');
  const known = configMaps.map(({ metadata }) => metadata.name);
  const unknown = Object.keys(settings).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UnknownSettings(unknown, known);
  const secrets = manifests.filter(({ kind }) => kind === 'Secret');
  // In a cluster, argocd-server makes the key at its first start and a Job the password.
  const secretData: Settings = {
    'argocd-secret': { 'server.secretkey': randomBytes(32).toString('base64') },
    'argocd-redis': { auth: redisPassword },
  };
  return [
    ...configMaps.map((object) => {
      const { name } = object.metadata;
      return { ...object, data: { ...(object.data as object), ...quick[name], ...settings[name] } };
    }),
    ...[...secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'argocd-redis' } }].map((object) => ({
      ...object,
      stringData: secretData[object.metadata.name] ?? {},
    })),
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default' },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ].map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }) as KubernetesResource);
}

/** The variables of a workload's containers that are taken from ConfigMaps and Secrets which have a value for them. */
export function environmentOf(
  component: string,
  manifests: readonly KubernetesResource[],
  objects: readonly KubernetesResource[],
): Readonly<Record<string, string>> {
  const workload = manifests.find(
    ({ kind, metadata }) => ['Deployment', 'StatefulSet'].includes(kind) && metadata.name === component,
  ) as Workload | undefined;
  if (!workload) throw new Error(`the manifests of Argo CD have no workload ${component}`);
  const data = new Map(objects.map(({ metadata, data, stringData }) => [metadata.name, data ?? stringData]));
  const read = ({ valueFrom }: Variable) => {
    const from = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
    return from && (data.get(from.name) as Record<string, string> | undefined)?.[from.key];
  };
  const variables = workload.spec.template.spec.containers.flatMap(({ env = [] }) => env);
  return Object.fromEntries(
    variables.map((variable) => [variable.name, read(variable)]).filter(([, value]) => value !== undefined),
  );
}

/** Installs the CRDs and settings. Installing again changes them to the settings given then. */
export async function install(client: KubernetesClient, namespace: string, settings: Settings): Promise<Installation> {
  const manifests = JSON.parse(readFileSync((await provide(argocdManifests)).path, 'utf8')) as KubernetesResource[];
  const redisPassword = randomBytes(16).toString('hex');
  const objects = settingsObjects(manifests, settings, namespace, redisPassword);
  await installCrds(client, { groups: ['argoproj.io'] });
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const object of objects) await client.apply(object);
  return { redisPassword, environmentOf: (component) => environmentOf(component, manifests, objects) };
}
