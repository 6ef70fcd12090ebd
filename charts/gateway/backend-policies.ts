import type { Application } from '../lib/application.ts';
import type { Endpoint } from '../lib/endpoint.ts';
import { KubeObject } from '../lib/object.ts';
import { secrets } from '../secrets.ts';

/** How the load balancer treats one Service. */
export interface BackendPoliciesProps {
  /** Answers 200 without a login. */
  readonly healthPath: string;
  /** Time that a whole answer may take. */
  readonly timeoutSeconds: number;
  /** Whether a tenth of the requests is logged, with their URLs. */
  readonly logged: boolean;
  readonly iapClientId: string;
  readonly wave: number;
}

/** The health check and the backend policy of a Service; each Service may have one of either. */
export function addBackendPolicies(scope: Application, { workload }: Endpoint, props: BackendPoliciesProps) {
  const metadata = { name: workload.name, namespace: workload.namespace };
  const targetRef = { group: '', kind: 'Service', name: workload.name };
  new KubeObject(
    scope,
    {
      apiVersion: 'networking.gke.io/v1',
      kind: 'HealthCheckPolicy',
      metadata,
      spec: {
        targetRef,
        default: {
          checkIntervalSec: 10,
          timeoutSec: 5,
          healthyThreshold: 1,
          unhealthyThreshold: 3,
          logConfig: { enabled: true },
          // A Gateway reads no readiness probe: without this it would ask for /.
          config: {
            type: 'HTTP',
            httpHealthCheck: { portSpecification: 'USE_SERVING_PORT', requestPath: props.healthPath },
          },
        },
      },
    },
    { wave: props.wave },
  );
  new KubeObject(
    scope,
    {
      apiVersion: 'networking.gke.io/v1',
      kind: 'GCPBackendPolicy',
      metadata,
      spec: {
        targetRef,
        default: {
          timeoutSec: props.timeoutSeconds,
          // Before every path, webhooks and /v1 with API keys included: SuperAGI's own login compares passwords as plain text.
          iap: { enabled: true, clientID: props.iapClientId, oauth2ClientSecret: { name: secrets.iap.name } },
          connectionDraining: { drainingTimeoutSec: 60 },
          logging: props.logged ? { enabled: true, sampleRate: 100_000 } : { enabled: false },
        },
      },
    },
    { wave: props.wave },
  );
  scope.system.secretReaders.push({
    namespace: workload.namespace,
    key: secrets.iap.key('client-secret'),
    reader: `GCPBackendPolicy/${workload.name}`,
  });
}
