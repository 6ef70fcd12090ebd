/** The project itself, its policy, and who pays for it. */
import { type Cloud, fullName, type Service } from '../cloud.ts';
import { policyRoutes } from '../collection.ts';
import { route } from '../route.ts';

/** @see https://cloud.google.com/resource-manager/reference/rest/v1/projects */
export function resourceManager(cloud: Cloud): Service {
  const { project, projectNumber } = cloud;
  const host = 'cloudresourcemanager.googleapis.com';
  const shown = {
    projectNumber,
    projectId: project,
    name: project,
    lifecycleState: 'ACTIVE',
    createTime: '2026-01-01T00:00:00.000000Z',
    parent: { type: 'organization', id: '111111111111' },
  };
  const known = cloud.policies.get(fullName(host, `projects/${project}`));
  if (known.bindings.length === 0)
    cloud.policies.set(fullName(host, `projects/${project}`), {
      bindings: [{ role: 'roles/owner', members: ['user:owner@example.test'] }],
    });
  return {
    api: 'cloudresourcemanager',
    host,
    base: '',
    alwaysOn: true,
    routes: [
      route('GET', '/v1/projects', () => ({ projects: [shown] })),
      route('GET', '/v1/projects/{project}', () => shown),
      ...policyRoutes(cloud, host, '/v1/projects/{project}', 'POST', () => {}),
    ],
  };
}

/** @see https://cloud.google.com/billing/docs/reference/rest/v1/projects */
export function billing(cloud: Cloud): Service {
  const { project, billingAccount } = cloud;
  return {
    api: 'cloudbilling',
    host: 'cloudbilling.googleapis.com',
    base: '',
    alwaysOn: true,
    routes: [
      route('GET', '/v1/projects/{project}/billingInfo', () => ({
        name: `projects/${project}/billingInfo`,
        projectId: project,
        ...(billingAccount && { billingAccountName: `billingAccounts/${billingAccount}`, billingEnabled: true }),
      })),
    ],
  };
}
