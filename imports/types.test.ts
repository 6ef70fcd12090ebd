import { expect, test } from 'vitest';
import type {
  Container,
  Deployment,
  ExternalSecret,
  HealthCheckPolicy,
  HTTPRoute,
  KubernetesObject,
  PodMonitoring,
  PodSpec,
  Service,
} from './index.ts';

// tsc checks this file: a line under @ts-expect-error that compiles is an error.

const container = { name: 'api', image: 'api:1', imagePullPolicy: 'IfNotPresent' } satisfies Container;
const selector = { matchLabels: { app: 'api' } };
const template = { metadata: { labels: { app: 'api' } }, spec: { containers: [container] } };

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: { replicas: 3, selector, template, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } },
} satisfies Deployment;

const objects: readonly KubernetesObject[] = [
  deployment,
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { LOG_LEVEL: 'info' } },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'api' },
    spec: { rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] },
  } satisfies HTTPRoute,
  {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'api' },
    spec: { data: [{ secretKey: 'key', remoteRef: { key: 'api-key' } }] },
  } satisfies ExternalSecret,
  {
    apiVersion: 'networking.gke.io/v1',
    kind: 'HealthCheckPolicy',
    metadata: { name: 'api' },
    spec: {
      targetRef: { group: '', kind: 'Service', name: 'api' },
      default: { config: { type: 'HTTP', httpHealthCheck: { portSpecification: 'USE_SERVING_PORT' } } },
    },
  } satisfies HealthCheckPolicy,
  {
    apiVersion: 'monitoring.googleapis.com/v1',
    kind: 'PodMonitoring',
    metadata: { name: 'api' },
    spec: { selector, endpoints: [{ port: 'metrics', interval: '30s' }] },
  } satisfies PodMonitoring,
];

test('what the API server would refuse does not compile', () => {
  const refused: readonly unknown[] = [
    {
      containers: [],
      // @ts-expect-error a typo
      restartPolcy: 'Always',
    } satisfies PodSpec,
    {
      ...deployment,
      // @ts-expect-error a typo in a nested object
      spec: { selector, template, strategy: { rollingUpdate: { maxSurged: 1 } } },
    } satisfies Deployment,
    {
      ...deployment,
      // @ts-expect-error not the API version of Deployment
      apiVersion: 'apps/v1beta1',
    } satisfies Deployment,
    // @ts-expect-error the API version of another kind
    { ...deployment, apiVersion: 'v1' } satisfies KubernetesObject,
    {
      apiVersion: 'v1',
      kind: 'Service',
      // @ts-expect-error no name
      metadata: {},
    } satisfies Service,
    {
      ...deployment,
      // @ts-expect-error no selector
      spec: { template },
    } satisfies Deployment,
    // @ts-expect-error no spec
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api' } } satisfies Deployment,
    {
      name: 'api',
      // @ts-expect-error not one of the allowed values
      imagePullPolicy: 'Sometimes',
    } satisfies Container,
    {
      name: 'api',
      // @ts-expect-error a quantity is a string
      resources: { requests: { cpu: 1 } },
    } satisfies Container,
    {
      ...deployment,
      // @ts-expect-error the cluster writes the status
      status: { replicas: 3 },
    } satisfies Deployment,
  ];

  expect(refused).toHaveLength(10);
});

test('the kind tells the members of KubernetesObject apart', () => {
  const ports = objects.flatMap((object) => {
    if (object.kind === 'PodMonitoring') return object.spec.endpoints.map(({ port }) => port);
    if (object.kind === 'HTTPRoute') return object.spec.rules?.flatMap((rule) => rule.backendRefs?.[0]?.port) ?? [];
    return [];
  });

  expect(ports).toEqual([80, 'metrics']);
});

test('importing the types loads nothing', async () => {
  expect(Object.keys(await import('./index.ts'))).toEqual([]);
});
