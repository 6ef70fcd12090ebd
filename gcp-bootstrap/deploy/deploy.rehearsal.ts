/**
 * `npm run deploy` from nothing to services that answer: the real gcloud on a fake Google Cloud whose cluster is a real API server
 * with real controllers, fake nodes, and a real Argo CD that reads a real repository.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { applicationNames, type Installed, installDev } from '../../argocd/e2e/installed.ts';
import { ownImages } from '../../environments/releases.ts';
import { type ProjectCopy, projectCopy } from '../../synth/testing/project-copy.ts';
import { type GoogleCloud, startFakeGoogleCloud } from '../../testbed/servers/google-cloud.ts';
import type { Access } from '../../testbed/servers/kubernetes/credentials.ts';
import { root } from '../../testing/clusters.ts';
import { fillCache } from './testing/pinned.fixture.ts';
import { type Services, startServices } from './testing/services.fixture.ts';

let dev: Installed;
let access: Access;
let cloud: GoogleCloud;
let project: ProjectCopy;
let services: Services;
let cache: string;

const openRouterKey = 'sk-or-rehearsal-of-deploy';

beforeAll(async () => {
  dev = await installDev();
  access = accessOf(dev.kubeconfigFile);
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev', kubernetes: access });
  cloud.operations.setLooks(0);
  cache = join(cloud.folder, 'cache');
  mkdirSync(cache);
  await fillCache(cache);
  project = projectCopy();
  for (const source of ['gcp-bootstrap', 'imports', 'testbed', 'testing'])
    cpSync(join(root, source), join(project.folder, source), { recursive: true });
  const record = Object.fromEntries(ownImages.map((image, index) => [image, `sha256:${String(index + 1).repeat(64)}`]));
  project.write('environments/releases/dev.json', `${JSON.stringify({ images: record }, null, 2)}\n`);
  // The only server of git here is a folder.
  project.edit('environments/setting.ts', 'protocol: /^https$/', 'protocol: /^(https|file)$/');
  project.edit('environments/dev.ts', /repository: '[^']*'/, `repository: '${dev.repository.url}'`);
  expect(project.synth()).toMatchObject({ stderr: '', status: 0 });
  // One history: what Argo CD reads is what this checkout has.
  project.git('remote', 'add', 'origin', dev.repository.url);
  project.commit('Dev as the rehearsal has it');
  project.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/develop');
  services = await startServices({ ...access, kubeconfigFile: dev.kubeconfigFile });
});
afterAll(async () => {
  await services?.stop();
  project?.remove();
  await cloud?.stop();
  await dev?.stop();
});

function accessOf(kubeconfigFile: string): Access {
  const { clusters, users } = parse(readFileSync(kubeconfigFile, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority': string } }[];
    users: { user: { token: string } }[];
  };
  const [{ cluster } = { cluster: { server: '', 'certificate-authority': '' } }] = clusters;
  return { url: cluster.server, caFile: cluster['certificate-authority'], token: users[0]?.user.token ?? '' };
}

async function deploy(...words: readonly string[]) {
  const child = spawn(process.execPath, ['cli/deploy.ts', '--env', 'dev', ...words], {
    cwd: project.folder,
    env: {
      ...cloud.environment,
      XDG_CACHE_HOME: cache,
      GCP_PROJECT_ID: 'orchestra-dev',
      OPENROUTER_API_KEY: openRouterKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  for (const line of `${stderr}\n${stdout}`.split('\n')) printed.add(steady(line));
  return { code, stdout, stderr };
}

/** Everything that was printed, without what differs from run to run. */
const printed = new Set<string>();
const steady = (line: string) =>
  line
    .trim()
    .replaceAll(/(?:\d+ min )?[\d.]+ m?s\b/g, 'N s')
    .replace(/^N s +/, 'N s ')
    .replace(/file:\/\/\S+/, 'URL');

describe('npm run deploy', () => {
  test('brings dev up from an empty project: every application is synced and healthy, and every service answers', async () => {
    const { code, stdout, stderr } = await deploy('--address', services.address);
    expect({ code, end: stderr.slice(-3000) }).toMatchObject({ code: 0 });
    expect(stderr).toContain(
      `ok applications: ${applicationNames.length} of ${applicationNames.length} applications are synced and healthy`,
    );
    expect(stdout).toContain('  memory kept a memory, gave it back, and forgot it');
    expect(stdout + stderr).not.toContain(openRouterKey);
    cloud.assertContained();
  });

  test('done again, it writes nothing to Google Cloud', async () => {
    const before = cloud.requests.writes.length;
    const { code, stderr } = await deploy('--address', services.address);
    expect({ code, end: stderr.slice(-3000) }).toMatchObject({ code: 0 });
    expect(cloud.requests.writes.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(stderr).toMatch(/ok Google Cloud: \d+ resources as they should be/);
  });

  test('the calls alone, when the commit that was pushed runs', async () => {
    const { code, stderr } = await deploy('--check', '--commit', 'HEAD', '--address', services.address);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('ok applications: ');
  });

  test('the calls alone', async () => {
    const { code, stderr } = await deploy('--check', '--address', services.address);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('[1/1] calls');
  });

  test('docs/deploy.md shows what was printed here', () => {
    const guide = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
    const blocks = [...guide.matchAll(/^ {4}\$ npm run deploy .*\n((?: {4}(?!\$).*\n)+)/gm)].map(
      ([, lines = '']) => lines,
    );
    expect(blocks.length).toBe(3);
    // The first is what is missing where nothing is there: prerequisites.it.test.ts.
    const shown = blocks.slice(1).flatMap((lines) => lines.trimEnd().split('\n'));
    const lines = shown.filter((line) => line.trim() !== '...').map(steady);
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !printed.has(line))).toEqual([]);
  });
});
