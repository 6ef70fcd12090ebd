/** Requests without gcloud, and things that others need. */
import type { GoogleCloud } from '../servers/google-cloud.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One request, as the owner unless another token is given. */
export async function call(
  cloud: GoogleCloud,
  method: string,
  api: string,
  path: string,
  body?: object,
  token = cloud.environment.CLOUDSDK_AUTH_ACCESS_TOKEN,
): Promise<Answer> {
  const base = cloud.environment[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`] ?? `${cloud.url}/${api}/`;
  const response = await fetch(new URL(path.slice(1), base), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

/** The same, and it must be done. @throws {Error} with what was answered */
export async function make(cloud: GoogleCloud, api: string, path: string, body: object): Promise<Answer['body']> {
  const { status, body: answer } = await call(cloud, 'POST', api, path, body);
  if (status !== 200) throw new Error(`POST ${api} ${path}: ${status} ${JSON.stringify(answer)}`);
  cloud.operations.finishAll();
  return answer;
}

const apis = [
  'iam',
  'iamcredentials',
  'compute',
  'dns',
  'certificatemanager',
  'cloudkms',
  'container',
  'artifactregistry',
  'secretmanager',
  'firestore',
  'gkebackup',
  'binaryauthorization',
  'billingbudgets',
].map((api) => `${api}.googleapis.com`);

export const enableAll = (cloud: GoogleCloud) =>
  make(cloud, 'serviceusage', '/v1/projects/orchestra-dev/services:batchEnable', { serviceIds: apis });

/** Every API is on; a network, zone, key ring, certificate, map and cluster named `base` are there. */
export async function prepare(cloud: GoogleCloud): Promise<void> {
  const project = '/v1/projects/orchestra-dev';
  const region = '/projects/orchestra-dev/regions/us-central1';
  const certificates = `${project}/locations/global`;
  await enableAll(cloud);
  await make(cloud, 'compute', '/projects/orchestra-dev/global/networks', {
    name: 'base',
    autoCreateSubnetworks: false,
  });
  const secondaryIpRanges = [
    { rangeName: 'pods', ipCidrRange: '10.20.0.0/14' },
    { rangeName: 'services', ipCidrRange: '10.24.0.0/20' },
  ];
  const network = 'projects/orchestra-dev/global/networks/base';
  const ipCidrRange = '10.0.0.0/20';
  await make(cloud, 'compute', `${region}/subnetworks`, { name: 'base', network, ipCidrRange, secondaryIpRanges });
  await make(cloud, 'dns', '/projects/orchestra-dev/managedZones', { name: 'base', dnsName: 'base.test.' });
  await make(cloud, 'cloudkms', `${project}/locations/us-central1/keyRings?keyRingId=base`, {});
  const domain = { domain: 'base.test' };
  await make(cloud, 'certificatemanager', `${certificates}/dnsAuthorizations?dnsAuthorizationId=base`, domain);
  await make(cloud, 'certificatemanager', `${certificates}/certificates?certificateId=base`, {
    managed: { domains: ['base.test'] },
  });
  await make(cloud, 'certificatemanager', `${certificates}/certificateMaps?certificateMapId=base`, {});
  await make(cloud, 'container', `${project}/locations/us-central1/clusters`, {
    cluster: {
      name: 'base',
      network: 'base',
      subnetwork: 'base',
      workloadIdentityConfig: { workloadPool: 'orchestra-dev.svc.id.goog' },
      nodePools: [{ name: 'default-pool', initialNodeCount: 1 }],
    },
  });
}
