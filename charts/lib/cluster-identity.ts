import type { Cluster } from '../../environments/index.ts';

/** Name of the GKE cluster. It is unique within a project and location, so regions share it. */
export const clusterName = ({ environment }: Cluster) => `orchestra-cluster-${environment.name}`;

/** Issuer of the cluster's ServiceAccount tokens; its keys are public below it. */
export const tokenIssuer = (cluster: Cluster) =>
  `https://container.googleapis.com/v1/projects/${cluster.environment.googleCloud.projectId}/locations/${cluster.region.location}/clusters/${clusterName(cluster)}`;

/** Audiences of the tokens by which pods know each other. */
export const audiences = { memory: 'memory', mcp: 'mcp' } as const;

/** Where pods mount their token for an audience; the file is `token`. */
export const tokenFolder = (audience: keyof typeof audiences) => `/var/run/secrets/orchestra/${audience}`;

/** `namespace/name=tenant` for each ServiceAccount; `*` lets the account name the tenant of each request. */
export const serviceAccountTenants = (tenants: Readonly<Record<string, string>>) =>
  Object.entries(tenants)
    .map(([account, tenant]) => `${account}=${tenant}`)
    .join(',');
