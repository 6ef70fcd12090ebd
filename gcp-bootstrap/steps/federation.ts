import type { Found, Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'iam.googleapis.com';
export const poolName = 'github';
const providerName = 'github';
const global = '--location=global';

interface Federated {
  readonly name: string;
  readonly state?: string;
  readonly attributeMapping?: Readonly<Record<string, string>>;
  readonly attributeCondition?: string;
  readonly oidc?: { readonly issuerUri?: string };
}

export interface GitHubRepository {
  /** Numbers: a name can be given up, and taken by somebody else. */
  readonly ownerId: string;
  readonly repositoryId: string;
  /** Branches whose workflows may come. A fork's token names the fork, and a pull request's another ref. */
  readonly branches: readonly string[];
}

const found = (one: Federated, fields: Found['fields']): Found => ({
  fields,
  // Kept for 30 days with its name: it is brought back, as another of that name cannot be made.
  ...(one.state === 'DELETED' && { deleted: true }),
});

/** Where workflows of GitHub are known by the tokens that GitHub gives them. */
export function federationPool(): Resource {
  const where = [poolName, global];
  return {
    id: 'federation-pool',
    title: `workload identity pool ${poolName}`,
    api,
    needs: [apisId],
    returnsEarly: true,
    wanted: {},
    async read(read) {
      const all = await read.json<readonly Federated[]>(
        'iam',
        'workload-identity-pools',
        'list',
        global,
        '--show-deleted',
      );
      const pool = all.find((one) => one.name.endsWith(`/${poolName}`));
      return pool && found(pool, {});
    },
    create: (deleted) => [
      {
        words: deleted
          ? ['iam', 'workload-identity-pools', 'undelete', ...where]
          : ['iam', 'workload-identity-pools', 'create', ...where, '--display-name=GitHub Actions'],
      },
    ],
    update: () => [],
    remove: () => [{ words: ['iam', 'workload-identity-pools', 'delete', ...where] }],
  };
}

export const attributeMapping = {
  'google.subject': 'assertion.sub',
  'attribute.repository_id': 'assertion.repository_id',
  'attribute.ref': 'assertion.ref',
  'attribute.environment': 'assertion.environment',
};

/** In the Common Expression Language: who is not of this repository, owner and branch is nobody. */
export const attributeCondition = ({ ownerId, repositoryId, branches }: GitHubRepository): string =>
  [
    `assertion.repository_owner_id == '${ownerId}'`,
    `assertion.repository_id == '${repositoryId}'`,
    `assertion.ref in [${branches.map((branch) => `'refs/heads/${branch}'`).join(', ')}]`,
  ].join(' && ');

export function federationProvider(repository: GitHubRepository): Resource {
  const where = [providerName, global, `--workload-identity-pool=${poolName}`];
  const condition = attributeCondition(repository);
  const issuer = 'https://token.actions.githubusercontent.com';
  const flags = [
    `--issuer-uri=${issuer}`,
    `--attribute-mapping=${Object.entries(attributeMapping)
      .map(([to, from]) => `${to}=${from}`)
      .join(',')}`,
    `--attribute-condition=${condition}`,
  ];
  const command = (verb: string, more: readonly string[] = flags) => ({
    words: ['iam', 'workload-identity-pools', 'providers', verb, ...where, ...more],
  });
  return {
    id: 'federation-provider',
    title: 'provider of the tokens of GitHub Actions',
    api,
    needs: ['federation-pool'],
    returnsEarly: true,
    wanted: { issuer, mapping: attributeMapping, condition },
    async read(read) {
      const pools = await read.json<readonly Federated[]>(
        'iam',
        'workload-identity-pools',
        'list',
        global,
        '--show-deleted',
      );
      if (!pools.some((one) => one.name.endsWith(`/${poolName}`) && one.state !== 'DELETED')) return undefined;
      const all = await read.json<readonly Federated[]>(
        'iam',
        'workload-identity-pools',
        'providers',
        'list',
        global,
        `--workload-identity-pool=${poolName}`,
        '--show-deleted',
      );
      const provider = all.find((one) => one.name.endsWith(`/${providerName}`));
      return (
        provider &&
        found(provider, {
          issuer: provider.oidc?.issuerUri ?? '',
          mapping: { ...provider.attributeMapping },
          condition: provider.attributeCondition ?? '',
        })
      );
    },
    create: (deleted) => [deleted ? command('undelete', []) : command('create-oidc')],
    update: () => [command('update-oidc')],
    remove: () => [command('delete', [])],
  };
}

/** Full name of the provider, as workflows give it. */
export const providerResource = (projectNumber: string) =>
  `projects/${projectNumber}/locations/global/workloadIdentityPools/${poolName}/providers/${providerName}`;

/** Workflows of the repository that run in an environment of GitHub, as IAM names them. */
export const workflowsIn = (projectNumber: string, environment: string) =>
  `principalSet://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${poolName}/attribute.environment/${environment}`;
