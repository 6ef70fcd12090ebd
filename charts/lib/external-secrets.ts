/** ExternalSecrets: for each namespace, the Secrets that its pods read, with the keys that they read and no more. */
import type { ExternalSecret } from '../../imports/index.ts';
import { Application } from './application.ts';
import { argoCdNamespace, type NamespaceName } from './namespaces.ts';
import { KubeObject } from './object.ts';
import type { SecretSpec } from './secret.ts';
import type { System } from './system.ts';

/** Name of the ClusterSecretStore that the platform chart makes. */
export const secretStore = 'google-secret-manager';

/** One value that is read: which Secret, which key, where it comes from, and who reads it. */
export interface SecretUse {
  readonly secret: SecretSpec;
  readonly key: string;
  readonly namespace: NamespaceName | typeof argoCdNamespace;
  readonly readers: readonly string[];
}

/** Every value of a Secret that something reads. */
export function secretUses(system: System): SecretUse[] {
  const uses = new Map<string, SecretUse & { readonly readers: string[] }>();
  const note = (secret: SecretSpec, key: string, namespace: SecretUse['namespace'], reader: string) => {
    const id = `${namespace}/${secret.name}/${key}`;
    const use = uses.get(id) ?? { secret, key, namespace, readers: [] };
    use.readers.push(reader);
    uses.set(id, use);
  };
  for (const workload of system.topology.workloads)
    for (const [secret, keys] of workload.secrets)
      for (const key of keys) note(secret, key, workload.namespace, workload.name);
  for (const { key, namespace, reader } of system.secretReaders) note(key.secret, key.key, namespace, reader);
  return [...uses.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, use]) => use);
}

/**
 * The ExternalSecret that brings keys of one Secret into a namespace.
 * @param creationPolicy `Merge` where somebody else makes the Secret
 */
export function externalSecret(
  secret: SecretSpec,
  namespace: SecretUse['namespace'],
  keys: readonly string[],
  creationPolicy: 'Owner' | 'Merge' = 'Owner',
): ExternalSecret {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secret.name, namespace },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: secretStore },
      // The pods go on with what they have when Secret Manager, or this object, is gone.
      target: { name: secret.name, creationPolicy, deletionPolicy: 'Retain' },
      // The last three are defaults; unstated, they show as a difference for ever.
      data: keys.map((key) => ({
        secretKey: key,
        remoteRef: {
          key: secret.remoteName(key),
          conversionStrategy: 'Default' as const,
          decodingStrategy: 'None' as const,
          metadataPolicy: 'None' as const,
        },
      })),
    },
  };
}

/** Brings the Secrets in that the workloads read. What Argo CD reads is brought by its own application. */
export class ExternalSecrets extends Application {
  constructor(system: System) {
    super(system, 'secrets', import.meta.filename);
    const uses = secretUses(system).filter(({ namespace }) => namespace !== argoCdNamespace);
    for (const own of Map.groupBy(uses, ({ namespace, secret }) => `${namespace}/${secret.name}`).values()) {
      const [first] = own;
      if (!first) continue;
      const { secret, namespace } = first;
      const keys = own.map(({ key }) => key);
      new KubeObject(this, externalSecret(secret, namespace, keys), { id: `${namespace}-${secret.name}` });
    }
  }
}
