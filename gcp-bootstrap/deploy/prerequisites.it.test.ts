/** What is missing is told before anything is changed, and all of it together. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters } from '../../environments/index.ts';
import { ownImages } from '../../environments/releases.ts';
import { type ProjectCopy, projectCopy } from '../../synth/testing/project-copy.ts';
import { type GitRepository, gitRepository } from '../../testbed/servers/git.ts';
import { type GoogleCloud, startFakeGoogleCloud } from '../../testbed/servers/google-cloud.ts';
import { root } from '../../testing/clusters.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { type PrerequisitesOptions, prerequisites } from './prerequisites.ts';

const environmentOf = (name: string) => {
  const found = clusters().find(({ environment }) => environment.name === name)?.environment;
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};
const dev = environmentOf('dev');

let cloud: GoogleCloud;
let unpaid: GoogleCloud;
let project: ProjectCopy;
let repository: GitRepository;
let nothing: string;

beforeAll(async () => {
  cloud = await startFakeGoogleCloud({ project: 'orchestra-dev' });
  unpaid = await startFakeGoogleCloud({ project: 'orchestra-dev', billingAccount: null });
  nothing = join(cloud.folder, 'nothing');
  mkdirSync(nothing);
  repository = await gitRepository();
  project = projectCopy();
  project.git('remote', 'add', 'origin', repository.url);
  project.git('push', '--quiet', 'origin', 'HEAD:refs/heads/develop');
});
afterAll(async () => {
  project?.remove();
  await repository?.stop();
  await cloud?.stop();
  await unpaid?.stop();
});

const variables = { PATH: process.env.PATH, GCP_PROJECT_ID: 'orchestra-dev', OPENROUTER_API_KEY: 'sk-or-of-this-test' };
const look = async (options: Partial<PrerequisitesOptions> = {}, at = cloud) => {
  const { environment = dev } = options;
  return prerequisites({
    root: project.folder,
    gcloud: new Gcloud({ project: at.project, environment: at.environment, waits: [] }),
    folders: ['dev'],
    variables,
    ...options,
    environment: { ...environment, gitops: { ...environment.gitops, repository: repository.url } },
  });
};
/** The same, but for what is wrong with gcloud, which is not asked: each call of it costs CPU. */
const lookAside = async (options: Partial<PrerequisitesOptions> = {}) => {
  const gcloud = new Gcloud({ project: cloud.project, environment: { PATH: nothing }, waits: [] });
  return (await look({ gcloud, ...options })).filter(({ path }) => path !== 'gcloud');
};
/** Gives every image a digest, and commits. */
function buildAll(file: string) {
  const record = JSON.parse(project.read(file)) as { images: Record<string, string> };
  for (const [index, image] of ownImages.entries()) record.images[image] = `sha256:${String(index + 1).repeat(64)}`;
  project.write(file, `${JSON.stringify(record, null, 2)}\n`);
  expect(project.synth()).toMatchObject({ status: 0 });
  return project.commit('Images');
}

test('all that is missing is told together, with what to do', async () => {
  const problems = await look({ variables: { PATH: nothing } }, unpaid);
  expect(problems.map(({ path, given }) => [path, given])).toEqual([
    ['GCP_PROJECT_ID', 'nothing'],
    ['OPENROUTER_API_KEY', 'nothing'],
    ['project orchestra-dev', 'no billing account'],
    ['kubectl', 'not on PATH'],
    ['gke-gcloud-auth-plugin', 'not on PATH'],
    ['environments/releases/dev.json: superagi', 'no digest'],
    ['environments/releases/dev.json: superagi-gui', 'no digest'],
    ['docker', 'not on PATH'],
  ]);
  expect(problems.filter(({ allowed, fix }) => !allowed || !fix)).toEqual([]);
  expect([...cloud.requests.writes, ...unpaid.requests.writes]).toEqual([]);
});

test('another project, and a login that Google does not take', async () => {
  const environment = { ...cloud.environment, CLOUDSDK_AUTH_ACCESS_TOKEN: 'not-a-token' };
  const gcloud = new Gcloud({ project: cloud.project, environment, waits: [] });
  const problems = await look({ gcloud, variables: { ...variables, GCP_PROJECT_ID: 'another' } });
  expect(problems).toContainEqual(expect.objectContaining({ path: 'GCP_PROJECT_ID', given: 'another' }));
  expect(problems).toContainEqual(
    expect.objectContaining({ path: 'project orchestra-dev', fix: expect.stringContaining('gcloud auth login') }),
  );
});

test('docker and what nobody built are asked for only while an image has no digest', async () => {
  const commit = buildAll('environments/releases/dev.json');
  expect(await lookAside()).toMatchObject([
    {
      path: `${repository.url}, branch develop`,
      given: 'another dist/dev than here',
      fix: expect.stringContaining('push it'),
    },
  ]);
  project.git('push', '--quiet', 'origin', `${commit}:refs/heads/develop`);
  expect(await look()).toEqual([]);
});

test('what is not in git, or not what the settings say, would not be deployed', async () => {
  project.write('dist/dev/platform/ConfigMap-own.yaml', 'kind: ConfigMap\n');
  const problems = await lookAside();
  expect(problems.map(({ given }) => given)).toEqual([
    'another dist/dev than here',
    'something else than environments/ and the charts say',
  ]);
  expect(project.synth()).toMatchObject({ status: 0 });
  expect(await lookAside()).toEqual([]);
});

test('a branch that is not there, and a commit that this checkout lacks', async () => {
  const gone = { ...dev, gitops: { ...dev.gitops, revision: 'nowhere' } };
  expect(await lookAside({ environment: gone })).toMatchObject([{ given: 'there is no branch nowhere' }]);
  const clone = project.git('rev-parse', 'HEAD');
  await repository.commit({ 'a-file': 'by somebody else' });
  const theirs = project.git('ls-remote', 'origin', 'refs/heads/main').split(/\s/)[0] ?? '';
  const other = { ...dev, gitops: { ...dev.gitops, revision: 'main' } };
  expect(theirs).not.toBe(clone);
  expect(await lookAside({ environment: other })).toMatchObject([{ fix: 'git pull' }]);
});

test('an environment after the first takes what the one before has run', async () => {
  const staging = environmentOf('staging');
  const problems = await lookAside({ environment: staging, folders: ['staging'] });
  expect(problems).toContainEqual(
    expect.objectContaining({
      path: 'environments/releases/staging.json',
      fix: 'npm run promote -- --from dev --to staging; commit, push',
    }),
  );
});

test('npm run deploy ends with 3, changes nothing, and prints what docs/deploy.md shows', async () => {
  const child = spawn(process.execPath, ['cli/deploy.ts', '--env', 'dev'], {
    cwd: root,
    env: cloud.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const printed = (await text(child.stderr)).split('\n');
  expect(await promise).toBe(3);
  expect(cloud.requests.writes).toEqual([]);
  const guide = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const [, block = ''] = /^ {4}\$ npm run deploy -- --env dev\n((?: {4}(?!\$).*\n)+)/m.exec(guide) ?? [];
  const lines = block
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(4));
  const shown = lines.filter((line) => line.trim() !== '...');
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((line) => !printed.includes(line))).toEqual([]);
});
