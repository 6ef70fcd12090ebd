/** Variables under which gcloud, kubectl and gke-gcloud-auth-plugin know nothing but the fake cloud. */
import type { Service } from './cloud.ts';

export interface EnvironmentOptions {
  readonly project: string;
  /** Access token of the project's owner. */
  readonly token: string;
  /** An own folder: configuration, logs, kubeconfig, home. */
  readonly folder: string;
  readonly services: readonly Service[];
  /** `http://127.0.0.1:1234`, without a slash at the end: all services but storage, each below its own name. */
  readonly url: string;
  /** Uploads go to the root of a host, whatever gcloud is told: storage has a port of its own. */
  readonly storageUrl: string;
  readonly trapUrl: string;
  /** Who signs for the host that the trap passes on. */
  readonly trustedFile: string;
  /** PEM of the certificate authority of the cluster's endpoint. gcloud writes none down for an endpoint by DNS name. */
  readonly clusterCaFile: string | undefined;
}

/** gcloud has no property for the address of these. */
const withoutProperty = new Set(['billingbudgets', 'sts']);

export function environment(options: EnvironmentOptions): Record<string, string> {
  const { project, token, folder, services, url, storageUrl, trapUrl, trustedFile, clusterCaFile } = options;
  const overrides = services
    .filter(({ api }) => !withoutProperty.has(api))
    .map(({ api, base }) => [
      `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
      // Without the slash at the end, gcloud refuses to start.
      api === 'storage' ? `${storageUrl}/` : `${url}/${api}${base}/`,
    ]);
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    CLOUDSDK_CONFIG: `${folder}/gcloud`,
    KUBECONFIG: `${folder}/kubeconfig`,
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_AUTH_ACCESS_TOKEN: token,
    CLOUDSDK_AUTH_TOKEN_INTROSPECTION_ENDPOINT: `${url}/sts/v1/introspect`,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
    CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: trustedFile,
    // gcloud and Python read the lower case, Go both.
    ...Object.fromEntries(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].map((name) => [name, trapUrl])),
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
    ...(clusterCaFile && { SSL_CERT_FILE: clusterCaFile }),
    ...Object.fromEntries(overrides),
  };
}
