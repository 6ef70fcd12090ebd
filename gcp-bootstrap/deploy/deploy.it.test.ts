/** The parts of `npm run deploy`, with real programs and servers. The whole way, from nothing: deploy.rehearsal.ts. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterName } from '../../charts/lib/cluster-identity.ts';
import { clusters } from '../../environments/index.ts';
import { enableAll, make } from '../../testbed/fake-gcp/fixture.ts';
import { type GoogleCloud, startFakeGoogleCloud } from '../../testbed/servers/google-cloud.ts';
import { KubernetesClient } from '../../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../../testbed/skip.ts';
import { root } from '../../testing/clusters.ts';
import { type Services, startServices } from './testing/services.fixture.ts';

async function run(environment: NodeJS.ProcessEnv, ...words: readonly string[]) {
  const child = spawn(process.execPath, ['cli/deploy.ts', ...words], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  return { code, stdout, stderr };
}

describe('what is wrong on the command line', () => {
  test.for([
    [[], '--env is missing: it is one of dev, staging, prod'],
    [['--env', 'dev', '--commit', 'HEAD'], '--commit goes with --check'],
    [['--env', 'dev', '--timeout', '0'], '--timeout 0: minutes'],
    [
      ['--env', 'dev', '--address', 'memory=localhost,redis=http://a'],
      /memory=localhost.*\n--address redis=http:\/\/a/,
    ],
  ] as const)('is told with the usage: $1', async ([words, message]) => {
    expect(await run(process.env, ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
  });
});

describe.skipIf(skipped('etcd', 'kube-apiserver', 'weaviate', 'mongo-java-server'))('the calls', () => {
  let kubernetes: Kubernetes;
  let cloud: GoogleCloud;
  let services: Services;
  const check = (...words: readonly string[]) => run(cloud.environment, '--env', 'dev', '--check', ...words);

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    cloud = await startFakeGoogleCloud({ project: 'orchestra-dev', kubernetes });
    await enableAll(cloud);
    const [dev] = clusters();
    const parent = `/v1/projects/orchestra-dev/locations/${dev?.region.location}/clusters`;
    await make(cloud, 'compute', '/projects/orchestra-dev/global/networks', {
      name: 'own',
      autoCreateSubnetworks: true,
    });
    const cluster = {
      name: dev && clusterName(dev),
      network: 'own',
      nodePools: [{ name: 'one', initialNodeCount: 1 }],
    };
    await make(cloud, 'container', parent, { cluster });
    const client = new KubernetesClient(kubernetes);
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'superagi' } });
    for (const [name, namespace] of [
      ['superagi', 'superagi'],
      ['default', 'default'],
    ] as const)
      await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
    client.close();
    services = await startServices(kubernetes);
  });
  afterAll(async () => {
    await services?.stop();
    await cloud?.stop();
    await kubernetes?.stop();
  });

  test('are answered by what runs, as an agent is: with tokens of the cluster that nothing prints', async () => {
    const { code, stdout, stderr } = await check('--address', services.address);
    expect(code, stderr).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'dev:',
      '  superagi runs as PROD',
      '  memory kept a memory, gave it back, and forgot it',
      '  mcp-mongodb reads MongoDB: 0 collections',
      '  mcp-weaviate reads Weaviate: 0 collections',
      '  mcp-memory recalls: 0 of at most 1',
      '',
    ]);
    expect(stdout + stderr).not.toMatch(/eyJ|Bearer/);
    expect(cloud.requests.writes.slice(-1)).not.toMatchObject([{ path: expect.stringContaining('clusters/') }]);
    cloud.assertContained();
  });

  test('say which service does not answer, and why; the others are called all the same', async () => {
    services.superagiMode = 'DEV';
    await services.end('mcp-weaviate');
    const { code, stdout } = await check('--address', services.address, '--json');
    expect(code).toBe(1);
    const { calls, failure } = JSON.parse(stdout) as {
      calls: { dev: { service: string; ok: boolean; said: string }[] };
      failure: object;
    };
    expect(calls.dev.map(({ service, ok }) => [service, ok])).toEqual([
      ['superagi', false],
      ['memory', true],
      ['mcp-mongodb', true],
      ['mcp-weaviate', false],
      ['mcp-memory', true],
    ]);
    expect(failure).toMatchObject({
      stage: 'calls',
      said: expect.stringMatching(
        /superagi: says that it runs as DEV, and its settings say PROD\nmcp-weaviate: .*cannot be asked/,
      ),
      fix: expect.stringContaining('kubectl -n superagi logs deployment/superagi'),
    });
  });

  test('go through kubectl where no address is named, and say what it says', async () => {
    const { code, stderr } = await check('--address', services.address.replace(/memory=[^,]*,/, ''));
    expect(code).toBe(1);
    expect(stderr).toContain(
      'memory: kubectl port-forward --namespace superagi service/memory :8080 --address 127.0.0.1: Error from server (NotFound)',
    );
  });
});
