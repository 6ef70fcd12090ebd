import { beforeEach, describe, expect, test } from 'vitest';
import { clusters } from '../../environments/index.ts';
import { Cpu, Size } from '../../environments/units.ts';
import type { NetworkPolicy } from '../../imports/index.ts';
import { render } from '../../synth/render.ts';
import { Application } from './application.ts';
import { calls, callsInternet } from './calls.ts';
import { allocatable, demand, overcommitment } from './capacity.ts';
import { deployment, job, statefulSet } from './controller.ts';
import { ExternalSecrets } from './external-secrets.ts';
import { flowRows } from './flow-list.ts';
import { addNetworkPolicies } from './network-policy.ts';
import { addPodMonitorings } from './pod-monitoring.ts';
import { quantity } from './quantity.ts';
import { SecretSpec } from './secret.ts';
import { System } from './system.ts';
import { disk } from './volume.ts';
import { Workload, type WorkloadProps } from './workload.ts';

const resources = { cpu: Cpu.millis(100), memory: Size.mebibytes(128) };
const token = new SecretSpec('token', {
  value: { meaning: 'A value', origin: { generate: 32 } },
  unread: { meaning: 'Another', origin: { generate: 32 } },
});

let system: System;
let chart: Application;

beforeEach(() => {
  const [cluster] = clusters();
  if (!cluster) throw new Error('no cluster');
  system = new System(cluster);
  chart = new Application(system, 'memory', 'charts/example.ts');
});

function workload(name: string, props: Partial<WorkloadProps> = {}): Workload {
  return new Workload(chart, {
    name,
    namespace: 'superagi',
    controller: deployment({ replicas: 1 }),
    user: 1000,
    priority: 'orchestra-service',
    containers: { [name]: { image: 'example@sha256:0', resources } },
    ...props,
  });
}

const server = (name: string, props: Partial<WorkloadProps> = {}) =>
  workload(name, {
    listens: { http: { port: 8080 }, metrics: { port: 9090, service: false, metrics: '/metrics' } },
    ...props,
  });

const objects = () =>
  render(system, '/').map(
    ({ manifest }) => manifest as unknown as Record<string, unknown> & { kind: string; metadata: { name: string } },
  );
const object = (kind: string, name: string) =>
  objects().find((candidate) => candidate.kind === kind && candidate.metadata.name === name);

describe('a declared workload', () => {
  test('gets a Service for what it offers, without what only metrics and peers use', () => {
    server('api');
    expect(object('Service', 'api')).toMatchObject({
      spec: {
        selector: { 'app.kubernetes.io/name': 'api' },
        ports: [{ name: 'http', port: 8080, targetPort: 'http' }],
      },
    });
    expect(object('Service', 'api')).toHaveProperty('spec.ports.length', 1);
  });

  test('gets an autoscaler and a disruption budget where there is more than one pod', () => {
    workload('one');
    workload('many', { controller: deployment({ replicas: 2, autoscale: { maxReplicas: 5, cpuTarget: 60 } }) });
    expect(
      objects()
        .filter(({ metadata }) => metadata.name === 'one')
        .map(({ kind }) => kind),
    ).toEqual(['ServiceAccount', 'Deployment']);
    expect(object('HorizontalPodAutoscaler', 'many')).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 5 } });
    expect(object('PodDisruptionBudget', 'many')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('is scraped on its metrics ports', () => {
    server('api');
    addPodMonitorings(system);
    expect(object('PodMonitoring', 'api')).toMatchObject({
      spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s' }] },
    });
  });

  test('brings in the keys that it reads, and no others', () => {
    workload('reader', {
      containers: { reader: { image: 'example@sha256:0', resources, env: { TOKEN: token.key('value') } } },
    });
    new ExternalSecrets(system);
    const { spec } = object('ExternalSecret', 'token') as unknown as {
      spec: { data: { secretKey: string; remoteRef: { key: string } }[] };
    };
    expect(spec.data.map(({ secretKey, remoteRef }) => [secretKey, remoteRef.key])).toEqual([
      ['value', 'orchestra-token-value'],
    ]);
  });

  test('keeps its selector when its construct moves, and cannot share one', () => {
    workload('api');
    expect(() => new Workload(new Application(system, 'superagi', 'x.ts'), workload('twin').props)).toThrow(
      'two workloads are named twin.superagi: memory/twin and superagi/twin',
    );
    expect(object('Deployment', 'api')).toMatchObject({
      spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'api' } } },
    });
  });

  test('a Job has a new name when it changes, and the same when it does not', () => {
    const name = (args: string[]) => {
      beforeEachAgain();
      workload('migrate', {
        controller: job({ deadline: system.environment.memory.ttl.short }),
        containers: { migrate: { image: 'example@sha256:0', args, resources } },
      });
      return objects().find(({ kind }) => kind === 'Job')?.metadata.name;
    };
    expect(name(['one'])).toBe(name(['one']));
    expect(name(['one'])).not.toBe(name(['two']));
  });

  test('refuses a port or a disk that it does not declare', () => {
    expect(() => server('a').endpoint('grpc')).toThrow("a does not listen on 'grpc' (http, metrics)");
    expect(() => workload('b', { containers: { b: { image: 'x', resources, ports: ['http'] } } })).toThrow(
      "serves the port 'http'",
    );
    expect(() =>
      workload('c', { containers: { c: { image: 'x', resources, mounts: { '/data': disk('data') } } } }),
    ).toThrow("mounts the disk 'data'");
  });
});

function beforeEachAgain() {
  system = new System(system.cluster);
  chart = new Application(system, 'memory', 'charts/example.ts');
}

describe('flows', () => {
  test('a declared call opens one port, on both sides, and nothing else is open', () => {
    const api = server('api');
    workload('caller', { calls: [calls(api.endpoint('http'), 'asks')] });
    workload('stranger');
    addNetworkPolicies(system.topology);
    const policy = (name: string) => object('NetworkPolicy', name) as unknown as NetworkPolicy;
    const peer = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'superagi' } },
      podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
    });
    expect(policy('api').spec?.ingress).toContainEqual({
      from: [peer('caller')],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
    expect(policy('caller').spec?.egress).toContainEqual({
      to: [peer('api')],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
    expect(policy('caller').spec?.ingress).toBeUndefined();
    expect(JSON.stringify(policy('api').spec?.ingress)).not.toContain('stranger');
    expect(policy('stranger').spec?.egress).toHaveLength(1);
  });

  test('the Internet is not this network', () => {
    workload('agent', { calls: [callsInternet('models')] });
    addNetworkPolicies(system.topology);
    const { spec } = object('NetworkPolicy', 'agent') as unknown as NetworkPolicy;
    const [internet] =
      spec?.egress?.flatMap(({ to = [] }) => to).filter(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0') ?? [];
    expect(internet?.ipBlock?.except).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']),
    );
  });

  test('an address in a variable or argument needs a declared call', () => {
    const api = server('api');
    const env = { URL: `http://${api.endpoint('http').address}` };
    workload('careless', {
      containers: { careless: { image: 'x', resources, env, args: ['http://gone.superagi.svc'] } },
    });
    workload('careful', {
      calls: [calls(api.endpoint('http'), 'asks')],
      containers: { careful: { image: 'x', resources, env } },
    });
    expect(system.topology.undeclaredAddresses()).toEqual([
      'memory/careless names api.superagi.svc and does not declare that it calls api: add it to `calls`',
      'memory/careless names gone.superagi.svc, and no workload has such a Service',
    ]);
  });

  test('are listed with their reason', () => {
    const api = server('api');
    workload('caller', { calls: [calls(api.endpoint('http'), 'asks')] });
    expect(flowRows(system)).toContainEqual({
      from: 'superagi/caller',
      to: 'superagi/api',
      ports: 'TCP 8080',
      why: 'asks',
    });
  });
});

describe('capacity', () => {
  test('counts what pods ask for at all times, and with every autoscaler at its bound and a rollout under way', () => {
    workload('api', { controller: deployment({ replicas: 2, autoscale: { maxReplicas: 4, cpuTarget: 70 } }) });
    workload('store', {
      controller: statefulSet({ replicas: 3 }),
      disks: { data: { size: Size.gibibytes(10), storageClass: 'orchestra-ssd' } },
      containers: { store: { image: 'x', resources, mounts: { '/data': disk('data') } } },
    });
    expect(demand(system, 'min')).toMatchObject({ pods: 5, cpuMillis: 500, storage: 30 * 1024 ** 3, claims: 3 });
    expect(demand(system, 'max')).toMatchObject({ pods: 8, cpuMillis: 800, memory: 8 * 128 * 1024 ** 2 });
  });

  test('an init container counts where it asks for more than the containers together', () => {
    workload('api', {
      initContainers: { first: { image: 'x', resources: { cpu: Cpu.cores(1), memory: Size.mebibytes(64) } } },
    });
    expect(demand(system, 'min')).toMatchObject({ cpuMillis: 1000, memory: 128 * 1024 ** 2 });
  });

  test("takes GKE's reservations off a node", () => {
    // 4 vCPU: 80m reserved; 16 GiB: 2.6 GiB and 100 MiB reserved (Google's table), then 500m and 1 GiB for system pods.
    expect(allocatable('n2-standard-4')?.cpuMillis).toBe(3420);
    expect((allocatable('n2-standard-4')?.memory ?? 0) / 1024 ** 3).toBeCloseTo(12.3, 1);
    expect(allocatable('custom-4-16384')).toBeUndefined();
  });

  test('tells when the pods cannot fit', () => {
    workload('huge', {
      containers: { huge: { image: 'x', resources: { cpu: Cpu.cores(8), memory: Size.gibibytes(1) } } },
    });
    expect(overcommitment(system)).toEqual([expect.stringContaining('one pod of huge asks for 8000m CPU')]);
  });
});

test.each([
  [Size.gibibytes(1024), '1Ti'],
  [Size.mebibytes(1536), '1536Mi'],
  [Size.mebibytes(2048), '2Gi'],
  [0, '0'],
  [1000, '1000'],
])('quantity of %o is %s, as the API server writes it', (amount, text) => {
  expect(quantity(amount)).toBe(text);
});
