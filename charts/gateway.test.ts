import { expect, test } from 'vitest';
import { type Manifest, manifests, systemWithSuperAgi } from '../testing/stand-ins.ts';
import { Gateway } from './gateway.ts';
import { secretUses } from './lib/external-secrets.ts';

function build(exposure?: { readonly by: 'load-balancer'; readonly sourceRanges: readonly string[] }) {
  const { system, superagi } = systemWithSuperAgi(exposure && { exposure });
  new Gateway(system, { superagi });
  return { system, manifest: manifests(system) };
}

const admitted = (policy: Manifest): string[] =>
  policy.spec.ingress.flatMap(({ from }: Manifest) => from.flatMap(({ ipBlock }: Manifest) => ipBlock?.cidr ?? []));

const googleFrontEnds = ['35.191.0.0/16', '130.211.0.0/22'];

test('behind the Gateway, everybody logs in at Google before either Service is reached', () => {
  const { system, manifest } = build();
  for (const name of ['superagi', 'superagi-gui'])
    expect(manifest('GCPBackendPolicy', name).spec).toMatchObject({
      targetRef: { kind: 'Service', name },
      default: { iap: { enabled: true, oauth2ClientSecret: { name: 'iap' } } },
    });
  // GCPBackendPolicy takes a Secret with one key only.
  expect(secretUses(system).filter(({ secret }) => secret.name === 'iap')).toMatchObject([
    {
      namespace: 'superagi',
      key: 'client-secret',
      readers: ['GCPBackendPolicy/superagi', 'GCPBackendPolicy/superagi-gui'],
    },
  ]);
  const wave = ({ metadata }: Manifest) => Number(metadata.annotations['argocd.argoproj.io/sync-wave']);
  expect(wave(manifest('GCPBackendPolicy', 'superagi'))).toBeLessThan(wave(manifest('HTTPRoute', 'superagi')));
});

test('the load balancer checks a path that answers without a login', () => {
  const { manifest } = build();
  const path = (name: string) => manifest('HealthCheckPolicy', name).spec.default.config.httpHealthCheck.requestPath;
  expect(path('superagi')).toBe('/configs/get/env');
  expect(path('superagi-gui')).toBe('/');
});

test('/api/ goes to the backend without its prefix, everything else to the GUI', () => {
  const { manifest } = build();
  const [api, pages] = manifest('HTTPRoute', 'superagi').spec.rules;
  expect(api.matches[0].path.value).toBe('/api/');
  expect(api.filters[0].urlRewrite.path).toEqual({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/' });
  expect(api.backendRefs[0]).toMatchObject({ name: 'superagi', port: 8001 });
  expect(pages.matches[0].path.value).toBe('/');
  expect(pages.backendRefs[0]).toMatchObject({ name: 'superagi-gui', port: 3000 });
});

test('plain HTTP leads to HTTPS and to nothing else', () => {
  const { manifest } = build();
  const { parentRefs, rules } = manifest('HTTPRoute', 'superagi-redirect').spec;
  expect(parentRefs[0].sectionName).toBe('http');
  expect(rules[0].filters[0].requestRedirect).toEqual({ scheme: 'https', statusCode: 301 });
  expect(rules[0].backendRefs).toBeUndefined();
  expect(manifest('HTTPRoute', 'superagi').spec.parentRefs[0].sectionName).toBe('https');
});

test('behind the Gateway, only Google front ends may connect', () => {
  const { manifest } = build();
  for (const name of ['superagi', 'superagi-gui']) {
    const policy = manifest('NetworkPolicy', name);
    expect(admitted(policy)).toEqual(googleFrontEnds);
    expect(policy.spec.ingress).toHaveLength(1);
  }
});

test('login tokens in the URL of the GUI are not logged', () => {
  const { manifest } = build();
  expect(manifest('GCPBackendPolicy', 'superagi-gui').spec.default.logging).toEqual({ enabled: false });
  const proxied = build({ by: 'load-balancer', sourceRanges: ['203.0.113.0/24'] }).manifest;
  const format = /log_format .*/.exec(proxied('ConfigMap', 'superagi-proxy').data['nginx.conf'])?.[0];
  expect(format).toMatch(/\$uri\b/);
  expect(format).not.toMatch(/\$(request|request_uri|args|query_string|http_referer)\b/);
});

test('behind a plain load balancer, only the ranges reach the proxy, and only the proxy reaches SuperAGI', () => {
  const { system, manifest } = build({ by: 'load-balancer', sourceRanges: ['203.0.113.0/24', '198.51.100.7/32'] });
  const { spec } = manifest('Service', 'superagi-public');
  expect(spec).toMatchObject({
    loadBalancerSourceRanges: ['203.0.113.0/24', '198.51.100.7/32'],
    externalTrafficPolicy: 'Local',
    allocateLoadBalancerNodePorts: false,
  });
  expect(manifest('Deployment', 'superagi-proxy').spec.selector.matchLabels).toEqual(spec.selector);
  expect(admitted(manifest('NetworkPolicy', 'superagi-proxy'))).toEqual(spec.loadBalancerSourceRanges);
  for (const name of ['superagi', 'superagi-gui'])
    expect(manifest('NetworkPolicy', name).spec.ingress).toMatchObject([
      { from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'superagi-proxy' } } }] },
    ]);
  expect(manifest('Gateway', 'superagi')).toBeUndefined();
  expect(system.topology.undeclaredAddresses()).toEqual([]);
});

test('a login leads back to where people came from, under either exposure', () => {
  const frontend = ({ manifest }: ReturnType<typeof build>) =>
    manifest('Deployment', 'superagi').spec.template.spec.containers[0].env.find(
      ({ name }: Manifest) => name === 'FRONTEND_URL',
    ).value;
  expect(frontend(build())).toBe('https://agents.dev.example.com');
  const relative = frontend(build({ by: 'load-balancer', sourceRanges: ['203.0.113.0/24'] }));
  const from = 'http://203.0.113.9/api/github-auth?code=1';
  // SuperAGI writes `${FRONTEND_URL}?...` after a login, and `${FRONTEND_URL}/twitter_creds/?...` after that of a tool.
  expect(new URL(`${relative}?access_token=1`, from).href).toBe('http://203.0.113.9/?access_token=1');
  expect(new URL(`${relative}/twitter_creds/?a=1`, from).href).toBe('http://203.0.113.9/twitter_creds/?a=1');
});
