/** HTTPS with a certificate of Certificate Manager, a Google login (IAP) before anything of SuperAGI, and TLS 1.2 or newer. */
import type { Environment } from '../../environments/schema.ts';
import type { HTTPRouteParentRef, HTTPRouteRule } from '../../imports/index.ts';
import type { Application } from '../lib/application.ts';
import type { Endpoint } from '../lib/endpoint.ts';
import { KubeObject } from '../lib/object.ts';
import { googleFrontEnds } from '../lib/peers.ts';
import { backendHealthPath } from '../superagi/backend.ts';
import type { SuperAgi } from '../superagi/superagi.ts';
import { addBackendPolicies } from './backend-policies.ts';

const metadata = (name: string) => ({ name, namespace: 'superagi' as const });

/** Policies first: a route that is there before IAP would be open until IAP comes. */
const waves = { policies: -1, gateway: 0, routes: 1 } as const;

export function addHttpsGateway(
  scope: Application,
  { backend, gui }: SuperAgi,
  exposure: Extract<Environment['exposure'], { by: 'gateway' }>,
) {
  const { topology } = scope.system;
  const [api, pages] = [backend.endpoint('http'), gui.endpoint('http')];
  for (const endpoint of [api, pages])
    topology.admit(googleFrontEnds, endpoint, 'the load balancer and its health checks');

  const { iapClientId } = exposure;
  // Some calls wait for a model's answer.
  addBackendPolicies(scope, api, {
    healthPath: backendHealthPath,
    timeoutSeconds: 300,
    logged: true,
    iapClientId,
    wave: waves.policies,
  });
  // After a login the token stands in the GUI's URL (/?access_token=...): a log of it would be a list of logins.
  addBackendPolicies(scope, pages, {
    healthPath: '/',
    timeoutSeconds: 30,
    logged: false,
    iapClientId,
    wave: waves.policies,
  });
  addGateway(scope, exposure);
  addRoute(scope, 'superagi', exposure.domain, 'https', [
    {
      // The slash at the end: without it, Envoy makes `//path` of /api/path (envoyproxy/envoy#26055), which SuperAGI has not.
      matches: [{ path: { type: 'PathPrefix', value: '/api/' } }],
      filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }],
      backendRefs: [backendRef(api)],
    },
    { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [backendRef(pages)] },
  ]);
  addRoute(scope, 'superagi-redirect', exposure.domain, 'http', [
    {
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
    },
  ]);
}

function addGateway(scope: Application, exposure: Extract<Environment['exposure'], { by: 'gateway' }>) {
  const allowedRoutes = { namespaces: { from: 'Same' as const } };
  new KubeObject(
    scope,
    {
      apiVersion: 'networking.gke.io/v1',
      kind: 'GCPGatewayPolicy',
      metadata: metadata('superagi'),
      spec: {
        targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'superagi' },
        // Made by the bootstrap.
        default: { sslPolicy: 'orchestra-modern' },
      },
    },
    { wave: waves.policies },
  );
  new KubeObject(
    scope,
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { ...metadata('superagi'), annotations: { 'networking.gke.io/certmap': exposure.certificateMap } },
      spec: {
        gatewayClassName: 'gke-l7-global-external-managed',
        addresses: [{ type: 'NamedAddress', value: exposure.staticAddress }],
        listeners: [
          // No `tls`: the certificate map takes its place. Uncertain: seen in several repositories, not tried on a cluster.
          { name: 'https', protocol: 'HTTPS', port: 443, allowedRoutes },
          { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes },
        ],
      },
    },
    { wave: waves.gateway },
  );
}

/** Defaults are stated within lists: unstated, they show as a difference for ever. */
function addRoute(scope: Application, name: string, domain: string, listener: string, rules: readonly HTTPRouteRule[]) {
  const parent: HTTPRouteParentRef = {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name: 'superagi',
    sectionName: listener,
  };
  new KubeObject(
    scope,
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: metadata(name),
      spec: { parentRefs: [parent], hostnames: [domain], rules },
    },
    { wave: waves.routes },
  );
}

const backendRef = ({ workload, port }: Endpoint) => ({
  group: '',
  kind: 'Service',
  name: workload.name,
  port,
  weight: 1,
});
