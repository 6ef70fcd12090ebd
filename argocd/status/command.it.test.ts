/** `npm run gitops`, run as a person would, against a real API server. The statuses are as Argo CD writes them. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { installCrds } from '../../testbed/crds/install.ts';
import { freePort } from '../../testbed/process/port.ts';
import { KubernetesClient, type KubernetesResource } from '../../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../../testbed/skip.ts';
import { argoCdNamespaceObject, root, storedObjects } from '../../testing/clusters.ts';

const unreachable = 'there-is-no-such-kubeconfig';
const run = (kubeconfig: string, ...args: string[]) =>
  spawnSync(process.execPath, ['cli/gitops.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });

describe('npm run gitops', () => {
  test('has help, and exit code 2 with the usage for what it does not know', () => {
    expect(run(unreachable, '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: npm run gitops'),
    });
    for (const args of [[], ['status'], ['status', '--env', 'qa'], ['sync', '--env', 'dev']])
      expect(run(unreachable, ...args), args.join(' ')).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('Usage:'),
      });
  });

  test('ends with 3 where no cluster answers, and says how to log in', () => {
    expect(run(unreachable, 'status', '--env', 'dev')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('gcloud container clusters get-credentials orchestra-cluster-dev'),
    });
  });
});

describe.skipIf(skipped('kube-apiserver'))('npm run gitops -- status', () => {
  let kubernetes: Kubernetes;
  let client: KubernetesClient;
  const applications = storedObjects('dev')
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'Application');
  const commit = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  const withStatus = (application: KubernetesResource, sync = 'Synced', health = 'Healthy', more: object = {}) => ({
    ...application,
    status: {
      sync: { status: sync, revision: commit, comparedTo: { source: { repoURL: 'x' }, destination: {} } },
      health: { status: health },
      operationState: {
        phase: 'Succeeded',
        operation: {},
        startedAt: '2026-11-22T22:14:01Z',
        finishedAt: '2026-11-22T22:14:03Z',
        syncResult: { revision: commit, source: { repoURL: 'x' } },
      },
      ...more,
    },
  });
  const status = (...args: string[]) => run(kubernetes.kubeconfigFile, 'status', '--env', 'dev', ...args);

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    client = new KubernetesClient(kubernetes);
    await client.apply(argoCdNamespaceObject);
  });
  afterAll(async () => {
    client?.close();
    await kubernetes?.stop();
  });

  test('ends with 3 where Argo CD is not installed', () => {
    expect(status()).toMatchObject({ status: 3, stderr: expect.stringContaining('Argo CD is not installed') });
  });

  test('ends with 1 while an application is missing', async () => {
    await installCrds(client, { groups: ['argoproj.io'] });
    // The API server answers 429 while it makes room for a new kind.
    await vi.waitFor(() => expect(status().status).not.toBe(3), { timeout: 30_000 });
    const answer = status('--json');
    expect(answer.status).toBe(1);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      cluster: 'dev',
      follows: { branch: 'develop' },
      applications: applications.map(() => ({ sync: 'Missing' })),
    });
  });

  test('ends with 0 when all are synced and healthy', async () => {
    for (const application of applications) await client.apply(withStatus(application));
    const answer = status();
    expect(answer.stderr).toBe('');
    expect(answer.stdout).toContain(`${applications.length} of ${applications.length} are synced and healthy`);
    expect(answer.stdout).toMatch(
      new RegExp(`│ platform +│ Synced +│ Healthy +│ ${commit.slice(0, 8)}.* │ Succeeded 2026-11-22 22:14:03Z +│`),
    );
    expect(answer.status).toBe(0);
  });

  test('ends with 1 and says why when one is not', async () => {
    const mongodb = applications.find(({ metadata }) => metadata.name === 'mongodb') as KubernetesResource;
    const resources = [{ kind: 'StatefulSet', namespace: 'superagi-data', name: 'mongodb', status: 'OutOfSync' }];
    await client.apply(withStatus(mongodb, 'OutOfSync', 'Progressing', { resources }));
    const answer = status();
    expect(answer.status).toBe(1);
    expect(answer.stdout).toMatch(
      /│ mongodb +│ OutOfSync +│ Progressing +│.*│ Succeeded 2026-11-22 22:14:03Z +│ StatefulSet superagi-data\/mongodb: OutOfSync +│/,
    );
  });

  test('refuses a context that the kubeconfig does not have, and a cluster of another environment', () => {
    expect(status('--context', 'nowhere')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('it has testbed'),
    });
    expect(run(kubernetes.kubeconfigFile, 'status', '--env', 'prod')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('context testbed is dev, not prod-us-central1'),
    });
  });

  test('ends with 3 where the API server does not answer', async () => {
    const port = await freePort();
    const kubeconfig = `${kubernetes.kubeconfigFile}.closed`;
    writeFileSync(
      kubeconfig,
      readFileSync(kubernetes.kubeconfigFile, 'utf8').replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`),
    );
    expect(run(kubeconfig, 'status', '--env', 'dev', '--json')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('unreachable'),
    });
  });
});
