/** What the workflows of a repository are in Google Cloud: which of GitHub's environments may do what, without a key. */
import type { Cluster } from '../../environments/index.ts';
import type { Resource } from '../engine/resource.ts';
import type { Project } from '../project.ts';
import { apisId, enabled } from '../steps/apis.ts';
import { federationPool, federationProvider, poolName, providerResource, workflowsIn } from '../steps/federation.ts';
import { registry } from '../steps/registry.ts';
import { type PolicyTarget, roleBinding } from '../steps/role-binding.ts';
import type { RepositoryIds } from './repository.ts';

/** A variable that workflows read. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** GitHub's environment that has it. @default the repository has it */
  readonly environment?: string;
}

export interface WorkflowIdentities {
  readonly resources: readonly Resource[];
  readonly variables: readonly Variable[];
  /** GitHub's environments, which jobs name to be let in. */
  readonly environments: readonly string[];
  /** Commands for somebody who administers what is not of the project. */
  readonly byHand: readonly string[];
  /** Who the workflow `integration` is to the API server of a cluster. */
  readonly integrationUser: string;
}

/** Of the workflow `integration`, which calls what runs. */
const integration = (name: string) => `${name}-integration`;
/** Of the workflow `drift`, which reads. */
const planning = (name: string) => `${name}-plan`;
const images = 'images';

/**
 * @param clusters all clusters of one environment
 * @throws {TypeError} without a cluster
 */
export function workflowIdentities(
  project: Project,
  clusters: readonly Cluster[],
  repository: RepositoryIds,
): WorkflowIdentities {
  const [first] = clusters;
  if (first === undefined) throw new TypeError('an environment has at least one region');
  const { name, googleCloud, gitops } = first.environment;
  // What is built and called comes from the first environment, and is promoted from there.
  const isFirst = name === 'dev';
  const provider = federationProvider({
    ...repository,
    branches: [...new Set([gitops.revision, 'main', 'develop'])].sort(),
  });
  const policy: PolicyTarget = {
    name: `project ${project.id}`,
    group: ['projects'],
    words: [project.id],
    needs: [apisId, provider.id],
  };
  const repositoryOfImages = registry('orchestra', googleCloud.artifactRegistry);
  const imagesPolicy: PolicyTarget = {
    name: 'Artifact Registry orchestra',
    group: ['artifacts', 'repositories'],
    words: ['orchestra', `--location=${googleCloud.artifactRegistry}`],
    needs: [provider.id],
    api: 'artifactregistry.googleapis.com',
    exists: repositoryOfImages,
  };
  const workflows = (environment: string) => workflowsIn(project.number, environment);
  const environments = [planning(name), ...(isFirst ? [images, integration(name)] : [])];
  return {
    resources: [
      enabled,
      federationPool(),
      provider,
      // Reads everything that a plan compares, and the policies of it.
      roleBinding(policy, 'roles/viewer', workflows(planning(name))),
      roleBinding(policy, 'roles/iam.securityReviewer', workflows(planning(name))),
      ...(isFirst
        ? [
            roleBinding(imagesPolicy, 'roles/artifactregistry.writer', workflows(images)),
            // The way to the API server; what it may do there, a Role of the cluster says.
            roleBinding(policy, 'roles/container.clusterViewer', workflows(integration(name))),
          ]
        : []),
    ],
    environments,
    variables: [
      ...(isFirst ? [{ name: 'GCP_REGION', value: googleCloud.artifactRegistry }] : []),
      ...environments.flatMap((environment) => [
        { name: 'GCP_PROJECT_ID', value: project.id, environment },
        { name: 'WORKLOAD_IDENTITY_PROVIDER', value: providerResource(project.number), environment },
      ]),
    ],
    byHand: project.billingAccount
      ? [
          `gcloud billing accounts add-iam-policy-binding ${project.billingAccount} --member=${workflows(planning(name))} --role=roles/billing.viewer`,
        ]
      : [],
    integrationUser: `principal://iam.googleapis.com/projects/${project.number}/locations/global/workloadIdentityPools/${poolName}/subject/repo:${repository.name}:environment:${integration(name)}`,
  };
}
