/** Triggers and texts, evaluated by Argo CD itself, and sent to a webhook. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildSystem } from '../charts/index.ts';
import { clusters } from '../environments/index.ts';
import { render } from '../synth/render.ts';
import { installCrds } from '../testbed/crds/install.ts';
import { provide } from '../testbed/provide/provide.ts';
import { argocd } from '../testbed/servers/argocd/programs.ts';
import { KubernetesClient, type KubernetesResource } from '../testbed/servers/kubernetes/client.ts';
import { type Kubernetes, startKubernetes } from '../testbed/servers/kubernetes/kubernetes.ts';
import { skipped } from '../testbed/skip.ts';
import { argoCdNamespaceObject, root } from '../testing/clusters.ts';

const commit = 'a'.repeat(40);

describe.skipIf(skipped('argocd', 'kube-apiserver'))('notifications', () => {
  let command: string;
  let kubernetes: Kubernetes;
  let client: KubernetesClient;
  let webhook: Server;
  const folder = mkdtempSync(join(tmpdir(), 'notifications-'));
  const received: { path: string | undefined; body: string }[] = [];
  let application: KubernetesResource;

  const run = async (...args: string[]) => {
    const env = { ...process.env, ARGOCD_BINARY_NAME: 'argocd', KUBECONFIG: kubernetes.kubeconfigFile };
    const given = ['--config-map', join(folder, 'config-map.yaml'), '--secret', ':empty', '--namespace', 'argocd'];
    return (await promisify(execFile)(command, ['admin', 'notifications', ...args, ...given], { env })).stdout;
  };
  const withStatus = (status: object) =>
    client.apply({
      ...application,
      status: {
        sync: { status: 'Synced', revision: commit, comparedTo: { source: { repoURL: 'x' }, destination: {} } },
        ...status,
      },
    });
  const operation = (phase: string, message: string) => ({
    operationState: {
      phase,
      message,
      startedAt: '2026-11-22T20:00:00Z',
      operation: {},
      syncResult: { revision: commit, source: { repoURL: 'x' } },
    },
  });

  beforeAll(async () => {
    ({ path: command } = await provide(argocd));
    webhook = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ path: request.url, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/argocd`;
    const [dev] = clusters();
    if (!dev) throw new Error('no cluster');
    const gitops = { ...dev.environment.gitops, notifications: { by: 'webhook', url } } as const;
    const files = render(buildSystem({ ...dev, environment: { ...dev.environment, gitops } }), root);
    const file = (name: string) => files.find(({ path }) => path === `dev/argocd/${name}`);
    writeFileSync(join(folder, 'config-map.yaml'), file('ConfigMap-argocd-notifications-cm.yaml')?.text ?? '');
    application = file('Application-memory.yaml')?.manifest as unknown as KubernetesResource;
    kubernetes = await startKubernetes();
    client = new KubernetesClient(kubernetes);
    await installCrds(client, { groups: ['argoproj.io'] });
    await client.apply(argoCdNamespaceObject);
    // The API server answers 429 while it makes room for a new kind.
    await vi.waitFor(() => withStatus({}), { timeout: 30_000 });
    await vi.waitFor(() => client.list('argoproj.io/v1alpha1', 'Application'), { timeout: 30_000 });
  });
  afterAll(async () => {
    client?.close();
    webhook?.close();
    await kubernetes?.stop();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['sync-failed', { ...operation('Failed', 'said "no"'), health: { status: 'Healthy' } }],
    ['health-degraded', { ...operation('Running', 'waits'), health: { status: 'Degraded' } }],
    ['deployed', { ...operation('Succeeded', 'done'), health: { status: 'Healthy' } }],
  ])('%s is told, and only it', async (event, status) => {
    await withStatus(status);
    for (const name of ['sync-failed', 'health-degraded', 'deployed']) {
      const answer = await run('trigger', 'run', `on-${name}`, 'memory');
      expect(answer, name).toMatch(name === event ? /\btrue\b/ : /\bfalse\b/);
    }
    received.length = 0;
    await run('template', 'notify', `app-${event}`, 'memory', '--recipient', 'orchestra');
    expect(received.map(({ path }) => path)).toEqual(['/argocd']);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      event,
      cluster: 'dev',
      application: 'memory',
      revision: commit,
      message: status.operationState.message,
    });
    expect(await run('template', 'notify', `app-${event}`, 'memory', '--recipient', 'console:stdout')).toContain(
      'dev: memory ',
    );
  });

  test('of an application that has no status yet, nothing is told', async () => {
    await client.apply(application);
    for (const name of ['sync-failed', 'health-degraded', 'deployed'])
      expect(await run('trigger', 'run', `on-${name}`, 'memory'), name).toMatch(/\bfalse\b/);
  });
});
