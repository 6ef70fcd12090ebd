import type { Cloud, Service } from '../cloud.ts';
import { host, serviceAccounts } from './service-accounts.ts';
import { workloadIdentityPools } from './workload-identity-pools.ts';

/** Identities. @see https://cloud.google.com/iam/docs/reference/rest */
export const iam = (cloud: Cloud): Service => ({
  api: 'iam',
  host,
  base: '',
  alwaysOn: false,
  routes: [...serviceAccounts(cloud), ...workloadIdentityPools(cloud)],
});
