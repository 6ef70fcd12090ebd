/** `npm run bootstrap -- github`, with the real gcloud, a real API server, and stand-ins for GitHub's API and for `gh`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
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
import { kubectlOn } from '../argo-cd/kubectl.ts';
import { apis } from '../steps/apis.ts';

const repository = 'owner/orchestra';
const token = 'ghp_of_this_test';
const user = `principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/subject/repo:${repository}:environment:dev-integration`;

/** Keeps environments and variables in a file, as GitHub does, and answers as `gh` of them. */
const gh = `#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
const file = __dirname + '/github.json';
const state = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { environments: [], variables: [] };
fs.appendFileSync(__dirname + '/log', args.join(' ') + '\\n');
const at = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : '');
const [command, verb] = args;
if (command === 'api' && at('--method') === 'PUT') state.environments.push({ name: args[3].split('/').pop() });
else if (command === 'api') console.log(JSON.stringify({ environments: state.environments }));
else if (verb === 'list')
  console.log(JSON.stringify(state.variables.filter(({ env }) => env === at('--env')).map(({ name, value }) => ({ name, value }))));
else if (verb === 'set') {
  state.variables = state.variables.filter(({ env, name }) => env !== at('--env') || name !== args[2]);
  state.variables.push({ env: at('--env'), name: args[2], value: at('--body') });
}
fs.writeFileSync(file, JSON.stringify(state));
`;

describe.skipIf(skipped('etcd', 'kube-apiserver'))('npm run bootstrap -- github', () => {
  let kubernetes: Kubernetes;
  let cloud: GoogleCloud;
  let github: Server;
  let bin: string;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    cloud = await startFakeGoogleCloud({ project: 'orchestra-dev', kubernetes });
    cloud.operations.setLooks(0);
    await enableAll(cloud);
    const rest = apis.slice(0, 20);
    for (const serviceIds of [rest, apis.slice(20)])
      await make(cloud, 'serviceusage', '/v1/projects/orchestra-dev/services:batchEnable', { serviceIds });
    const [dev] = clusters();
    await make(
      cloud,
      'artifactregistry',
      '/v1/projects/orchestra-dev/locations/us-central1/repositories?repositoryId=orchestra',
      {
        format: 'DOCKER',
      },
    );
    await make(cloud, 'compute', '/projects/orchestra-dev/global/networks', {
      name: 'own',
      autoCreateSubnetworks: true,
    });
    const cluster = {
      name: dev && clusterName(dev),
      network: 'own',
      nodePools: [{ name: 'one', initialNodeCount: 1 }],
    };
    await make(cloud, 'container', `/v1/projects/orchestra-dev/locations/${dev?.region.location}/clusters`, {
      cluster,
    });
    bin = join(cloud.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'gh'), gh);
    chmodSync(join(bin, 'gh'), 0o755);
    github = createServer(({ url, headers }, response) => {
      const isKnown = url === `/repos/${repository}` && headers.authorization === `Bearer ${token}`;
      response.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(isKnown ? { id: 42, full_name: repository, owner: { id: 71 } } : { message: 'Not Found' }),
      );
    });
    github.listen(0, '127.0.0.1');
    await once(github, 'listening');
  });
  afterAll(async () => {
    github?.close();
    await cloud?.stop();
    await kubernetes?.stop();
  });

  async function run(...words: readonly string[]) {
    const child = spawn(process.execPath, ['cli/bootstrap.ts', 'github', ...words], {
      cwd: root,
      env: {
        ...cloud.environment,
        PATH: `${bin}:${process.env.PATH}`,
        GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
        GITHUB_TOKEN: token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.on('close', resolve);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
    return { code, stdout, stderr };
  }
  const settings = () =>
    JSON.parse(readFileSync(join(bin, 'github.json'), 'utf8')) as {
      environments: { name: string }[];
      variables: { env: string; name: string; value: string }[];
    };

  test('refuses what is no repository, and one that GitHub does not know', async () => {
    expect(await run('--repo', 'orchestra')).toMatchObject({ code: 2, stderr: expect.stringContaining('OWNER/NAME') });
    expect(await run('--repo', 'owner/other')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/answered 404: is the name right\?.*GITHUB_TOKEN/),
    });
  });

  test('plan shows what would be made, and changes nothing', async () => {
    const before = cloud.requests.writes.length;
    const { code, stdout, stderr } = await run('plan', '--repo', repository);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('create   workload identity pool github');
    expect(stdout).toContain("assertion.repository_id == '42'");
    expect(stdout).toContain(
      'create   roles/artifactregistry.writer on Artifact Registry orchestra for attribute.environment/images',
    );
    expect(stderr).toContain('gh variable set GCP_PROJECT_ID --repo owner/orchestra --env images --body orchestra-dev');
    expect(cloud.requests.writes.length).toBe(before);
    expect(existsSync(join(bin, 'github.json')) ? settings().variables : []).toEqual([]);
  });

  test('makes it, sets what workflows read, and says what others have to do', async () => {
    const { code, stderr } = await run('--repo', repository);
    expect(code, stderr).toBe(0);
    const provider = 'projects/123456789012/locations/global/workloadIdentityPools/github/providers/github';
    expect(cloud.state.get(`//iam.googleapis.com/${provider.replace('123456789012', 'orchestra-dev')}`)).toMatchObject({
      attributeCondition:
        "assertion.repository_owner_id == '71' && assertion.repository_id == '42' && assertion.ref in ['refs/heads/develop', 'refs/heads/main']",
    });
    const ofEnvironment = (env: string) => [
      { env, name: 'GCP_PROJECT_ID', value: 'orchestra-dev' },
      { env, name: 'WORKLOAD_IDENTITY_PROVIDER', value: provider },
    ];
    expect(settings()).toEqual({
      environments: ['dev-plan', 'images', 'dev-integration'].map((name) => ({ name })),
      variables: [
        { env: '', name: 'GCP_REGION', value: 'us-central1' },
        ...['dev-plan', 'images', 'dev-integration'].flatMap(ofEnvironment),
      ],
    });
    expect(stderr).toContain('gcloud billing accounts add-iam-policy-binding 012345-678901-234567');
    expect(stderr).toContain('orchestra-cluster-dev has not synced yet: deploy first, and then run this again');
    expect(stderr).not.toContain(token);
  });

  test('done again, it changes nothing but to let the workflow in where the cluster has come up', async () => {
    const client = new KubernetesClient(kubernetes);
    for (const name of ['argocd', 'superagi'])
      await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    client.close();
    const [before, set] = [cloud.requests.writes.length, settings()];
    const { code, stderr } = await run('--repo', repository);
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('deploy first');
    expect([cloud.requests.writes.length, settings()]).toEqual([before, set]);
  });

  test.for([
    ['list argoproj.io applications in argocd', true],
    ['create pods/portforward in superagi', true],
    ['create serviceaccounts/token superagi in superagi', true],
    ['create serviceaccounts/token mcp-memory in superagi', false],
    ['create serviceaccounts/token memory in superagi', false],
    ['get secrets in superagi', false],
    ['patch argoproj.io applications in argocd', false],
    ['create pods in superagi', false],
    ['create pods/exec in superagi', false],
    ['list pods in superagi-data', false],
  ] as const)('the workflow may %s: %s', async ([asked, allowed]) => {
    const pattern = /^(\w+) (?:([\w.]+\.io) )?(\w+)(?:\/(\w+))?(?: ([\w-]+))? in ([\w-]+)$/;
    const [, verb, group = '', resource, subresource, name, namespace] = pattern.exec(asked) ?? [];
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes: { verb, group, resource, subresource, name, namespace } },
    };
    const kubectl = kubectlOn(kubernetes.kubeconfigFile);
    const answer = await kubectl(['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'], JSON.stringify(review));
    expect(answer).toBe(String(allowed));
  });

  test('is taken away without anything else', async () => {
    const { code, stdout } = await run('destroy', '--repo', repository, '--yes', 'dev');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Left:\n  APIs: an API costs nothing, and others may use it\n',
    });
    expect(cloud.state.inventory().some((name) => name.endsWith('/repositories/orchestra'))).toBe(true);
    cloud.assertContained();
  });
});

test('the account that calls is one that the cluster has', () => {
  expect(existsSync(join(root, 'dist/dev/superagi/ServiceAccount-superagi.yaml'))).toBe(true);
});
