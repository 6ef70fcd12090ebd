/** Everything that an environment needs in Google Cloud: from its settings, and from what its charts declare. */

import { images } from '../charts/images.ts';
import { buildSystem } from '../charts/index.ts';
import { backupBucket as backupBucketName } from '../charts/lib/backup-bucket.ts';
import { clusterName } from '../charts/lib/cluster-identity.ts';
import { secretUses } from '../charts/lib/external-secrets.ts';
import type { System } from '../charts/lib/system.ts';
import type { CloudRole } from '../charts/lib/workload.ts';
import type { Cluster } from '../environments/index.ts';
import type { Environment } from '../environments/schema.ts';
import { Duration } from '../environments/units.ts';
import indexes from '../memory/src/stores/firestore/firestore.indexes.json' with { type: 'json' };
import type { Resource } from './engine/resource.ts';
import { poolCost } from './price.ts';
import type { Project } from './project.ts';
import { sslPolicy, staticAddress } from './steps/addresses.ts';
import { apisId, enabled } from './steps/apis.ts';
import { backupPlan } from './steps/backup-plan.ts';
import { binaryAuthorization } from './steps/binary-authorization.ts';
import { backupBucket } from './steps/bucket.ts';
import { budget } from './steps/budget.ts';
import { certificate, certificateMap, certificateMapEntry, dnsAuthorization } from './steps/certificate.ts';
import { cluster, clusterId } from './steps/cluster.ts';
import { dnsRecord, privateZone } from './steps/dns.ts';
import {
  firestoreBackups,
  firestoreDatabase,
  firestoreFieldWithoutIndexes,
  firestoreIndex,
  firestoreTtl,
} from './steps/firestore.ts';
import { key, keyRing } from './steps/kms.ts';
import { nat, router } from './steps/nat.ts';
import { network } from './steps/network.ts';
import { noDefaultPool, nodePool, poolSizes } from './steps/node-pool.ts';
import { registry } from './steps/registry.ts';
import { kubernetesAccount, type PolicyTarget, roleBinding } from './steps/role-binding.ts';
import { generated, secret } from './steps/secrets.ts';
import { serviceAccount, serviceAccountEmail } from './steps/service-account.ts';
import { proxyOnlySubnetwork, subnetwork } from './steps/subnetwork.ts';

const NETWORK = 'orchestra';
const REGISTRY = 'orchestra';
const KEY_RING = 'orchestra';
const KEY = 'etcd';
const NODES = 'orchestra-nodes';
/** Each region has a range of its own, so that clusters can be connected one day. */
const nodeRange = (index: number) => `10.${index}.0.0/20`;
/** private.googleapis.com @see https://cloud.google.com/vpc/docs/configure-private-google-access */
const PRIVATE_GOOGLE = ['199.36.153.8', '199.36.153.9', '199.36.153.10', '199.36.153.11'];
/** Where the External Secrets Operator runs. */
const EXTERNAL_SECRETS = { namespace: 'external-secrets', account: 'external-secrets' };

export interface ResourceOptions {
  readonly project: Project;
  /** All clusters of one environment. */
  readonly clusters: readonly Cluster[];
  /** Value of a secret that somebody else issues, by its name in Secret Manager; undefined where nobody gave one yet. */
  readonly given: (name: string) => string | undefined;
  readonly now: () => number;
}

/** @throws {TypeError} without a cluster */
export function resourcesOf({ project, clusters, given, now }: ResourceOptions): readonly Resource[] {
  const [first] = clusters;
  if (first === undefined) throw new TypeError('an environment has at least one region');
  const { environment } = first;
  const systems = clusters.map((one) => buildSystem(one));
  const projectPolicy: PolicyTarget = {
    name: `project ${project.id}`,
    group: ['projects'],
    words: [project.id],
    needs: [apisId],
  };
  return [
    enabled,
    network(NETWORK),
    privateZone('googleapis', 'googleapis.com.', NETWORK),
    dnsRecord('googleapis', 'private.googleapis.com.', 'A', PRIVATE_GOOGLE),
    dnsRecord('googleapis', '*.googleapis.com.', 'CNAME', ['private.googleapis.com.']),
    ...nodeIdentity(project, projectPolicy),
    ...imageRegistry(environment, project),
    ...clusters.flatMap((one, index) => region(one, index, project)),
    ...longTermMemory(environment, first.region.location),
    ...backups(environment, first.region.location),
    ...secrets(systems, given),
    ...workloadRoles(systems, project, projectPolicy),
    ...edge(environment),
    binaryAuthorization(project.id, allowedImages(environment)),
    ...(project.billingAccount
      ? [budget(`orchestra-${environment.name}`, project.billingAccount, project.id, environment.budget.usd)]
      : []),
  ];

  function region(one: Cluster, index: number, { id, number }: Project): Resource[] {
    const { location } = one.region;
    const { podRange, serviceRange, proxyOnlyRange, machineType, bootDisk, nodes, privateNodes } =
      one.environment.cluster;
    const name = clusterName(one);
    const keyName = `projects/${id}/locations/${location}/keyRings/${KEY_RING}/cryptoKeys/${KEY}`;
    const ring = keyRing(KEY_RING, location);
    const ownKey = key(KEY, KEY_RING, location, now);
    const nodeAccount = serviceAccountEmail(NODES, id);
    const gib = bootDisk.toGibibytes();
    return [
      subnetwork({
        name: `${NETWORK}-${location}`,
        network: NETWORK,
        region: location,
        range: nodeRange(index),
        secondary: { pods: podRange, services: serviceRange },
      }),
      proxyOnlySubnetwork({
        name: `${NETWORK}-proxies-${location}`,
        network: NETWORK,
        region: location,
        range: proxyOnlyRange,
      }),
      router(NETWORK, NETWORK, location),
      nat(NETWORK, NETWORK, location, nodes),
      ring,
      ownKey,
      {
        ...roleBinding(
          {
            name: `key ${KEY_RING}/${KEY}`,
            group: ['kms', 'keys'],
            words: [KEY, `--keyring=${KEY_RING}`, `--location=${location}`],
            needs: [ownKey.id],
            api: 'cloudkms.googleapis.com',
            exists: ownKey,
          },
          'roles/cloudkms.cryptoKeyEncrypterDecrypter',
          `serviceAccount:service-${number}@container-engine-robot.iam.gserviceaccount.com`,
        ),
        id: `key-user:${location}`,
      },
      cluster({
        name,
        project: id,
        location,
        network: NETWORK,
        subnetwork: `${NETWORK}-${location}`,
        privateNodes,
        key: keyName,
        nodeAccount,
      }),
      ...poolSizes(one.environment).map((size) =>
        nodePool({
          cluster: name,
          location,
          size,
          machineType,
          bootDisk: gib,
          nodeAccount,
          cost: poolCost(machineType, gib, size),
        }),
      ),
      noDefaultPool(name, location),
      backupPlan('orchestra', name, id, location, longestRetention(one.environment)),
    ];
  }
}

function nodeIdentity(project: Project, policy: PolicyTarget): Resource[] {
  const account = serviceAccount(NODES, project.id, 'Nodes of the clusters');
  const member = `serviceAccount:${serviceAccountEmail(NODES, project.id)}`;
  const binding = roleBinding(
    { ...policy, needs: [...policy.needs, account.id] },
    'roles/container.defaultNodeServiceAccount',
    member,
  );
  return [account, { ...binding, id: 'node-account' }];
}

function imageRegistry({ googleCloud }: Environment, project: Project): Resource[] {
  const repository = registry(REGISTRY, googleCloud.artifactRegistry);
  const target: PolicyTarget = {
    name: `Artifact Registry ${REGISTRY}`,
    group: ['artifacts', 'repositories'],
    words: [REGISTRY, `--location=${googleCloud.artifactRegistry}`],
    needs: [repository.id, `service-account:${NODES}`],
    api: 'artifactregistry.googleapis.com',
    exists: repository,
  };
  const nodes = `serviceAccount:${serviceAccountEmail(NODES, project.id)}`;
  return [repository, roleBinding(target, 'roles/artifactregistry.reader', nodes)];
}

function longTermMemory({ memory }: Environment, location: string): Resource[] {
  const database = memory.firestoreDatabase;
  return [
    firestoreDatabase(database, location),
    ...indexes.indexes.map((index) => firestoreIndex(database, index)),
    ...indexes.fieldOverrides
      .filter(({ indexes: own }) => own.length === 0)
      .map(({ collectionGroup, fieldPath }) => firestoreFieldWithoutIndexes(database, collectionGroup, fieldPath)),
    ...indexes.fieldOverrides
      .filter((field) => 'ttl' in field && field.ttl === true)
      .map(({ collectionGroup, fieldPath }) => firestoreTtl(database, collectionGroup, fieldPath)),
    firestoreBackups(database, 'day'),
    firestoreBackups(database, 'week'),
  ];
}

/** In days. */
const longestRetention = ({ backups: all }: Environment) =>
  Math.max(...Object.values(all).map(({ retention }) => Math.ceil(retention.toHours() / Duration.days(1).toHours())));

const backups = (environment: Environment, location: string): Resource[] => [
  backupBucket(backupBucketName(environment), location, longestRetention(environment)),
];

/** Stands where a value is still to be given: pods start, and what needs the value says so. */
export const notGivenYet = 'not-given-yet';

function secrets(systems: readonly System[], given: ResourceOptions['given']): Resource[] {
  const all = new Map(
    systems.flatMap((system) =>
      secretUses(system).map(({ secret: spec, key: name }) => [spec.remoteName(name), spec.keys[name]] as const),
    ),
  );
  return [...all].map(([name, spec]) => {
    const origin = spec?.origin;
    const value = async () =>
      origin && 'generate' in origin ? generated(origin.generate) : (given(name) ?? notGivenYet);
    return secret({ name, value });
  });
}

function workloadRoles(systems: readonly System[], project: Project, projectPolicy: PolicyTarget): Resource[] {
  const roles = systems.flatMap((system) =>
    system.topology.workloads.flatMap(({ namespace, name, props }) =>
      (props.cloudRoles ?? []).map(({ role, resource }) => {
        const member = kubernetesAccount(project.id, project.number, namespace, name);
        return bindingOn(resource, role, member);
      }),
    ),
  );
  const operator = kubernetesAccount(project.id, project.number, EXTERNAL_SECRETS.namespace, EXTERNAL_SECRETS.account);
  const everyBinding = [
    ...roles,
    roleBinding(needsPool(projectPolicy), 'roles/secretmanager.secretAccessor', operator, {
      title: 'orchestra-secrets',
      expression: `resource.name.startsWith("projects/${project.number}/secrets/orchestra-")`,
    }),
  ];
  return [...new Map(everyBinding.map((one) => [one.id, one])).values()];

  /** The pool of a project's clusters is there once it has had one. */
  function needsPool(target: PolicyTarget): PolicyTarget {
    const clusters = systems.map(({ cluster: { region } }) => clusterId(region.location));
    return { ...target, needs: [...target.needs, ...clusters.slice(0, 1)] };
  }

  function bindingOn(resource: CloudRole['resource'], role: string, member: string): Resource {
    if (resource.kind === 'bucket')
      return roleBinding(
        needsPool({
          name: `bucket ${resource.name}`,
          group: ['storage', 'buckets'],
          words: [`gs://${resource.name}`],
          needs: ['backup-bucket'],
          api: 'storage.googleapis.com',
          exists: backupBucket(resource.name, '', 0),
        }),
        role,
        member,
      );
    if (resource.kind === 'project') return roleBinding(needsPool(projectPolicy), role, member);
    return roleBinding(needsPool(projectPolicy), role, member, {
      title: `firestore-${resource.database}`,
      expression: `resource.name == "projects/${project.id}/databases/${resource.database}"`,
    });
  }
}

function edge({ exposure }: Environment): Resource[] {
  if (exposure.by !== 'gateway') return [];
  const { domain, staticAddress: address, certificateMap: map } = exposure;
  return [
    staticAddress(address),
    sslPolicy('orchestra-modern'),
    dnsAuthorization('orchestra', domain),
    certificate('orchestra', domain, 'orchestra'),
    certificateMap(map),
    certificateMapEntry('orchestra', map, domain, 'orchestra'),
  ];
}

/** What the charts run, and what runs before them; which build of it, their digests say. */
const allowedImages = ({ googleCloud }: Environment): readonly string[] => [
  `${googleCloud.artifactRegistry}-docker.pkg.dev/${googleCloud.projectId}/orchestra/**`,
  ...Object.values(images).map(({ repository }) => repository),
  'ghcr.io/external-secrets/**',
  'quay.io/argoproj/**',
];
