/** Images built, pushed, recorded and given to git: real git, the real gcloud, the real synth; docker is a stand-in that notes what it is told. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusters } from '../../environments/index.ts';
import { type ProjectCopy, projectCopy } from '../../synth/testing/project-copy.ts';
import { type GitRepository, gitRepository } from '../../testbed/servers/git.ts';
import { root } from '../../testing/clusters.ts';
import { Gcloud } from '../gcloud/gcloud.ts';
import { buildImages, canBeBuilt, dockerfiles, missingImages } from './images.ts';

const dev = clusters().find(({ folder }) => folder === 'dev')?.environment;
if (dev === undefined) throw new Error('there is no dev');

let project: ProjectCopy;
let repository: GitRepository;
let bin: string;
let gcloud: Gcloud;
const token = 'ya29.token-of-this-test';
const digest = (image: string) => `sha256:${Buffer.from(image.padEnd(32, '.')).toString('hex').slice(0, 64)}`;
const noted = () => readFileSync(join(bin, 'log'), 'utf8').trim().split('\n');

/** Notes its arguments, and what it reads where it is to log in; a build writes the digest where it is told to. */
const docker = `#!/usr/bin/env node
const fs = require('node:fs');
const args = process.argv.slice(2);
const log = (line) => fs.appendFileSync(${'`${__dirname}/log`'}, line + '\\n');
log(args.join(' '));
if (args[0] === 'login') fs.writeFileSync(${'`${__dirname}/password`'}, fs.readFileSync(0));
const at = (flag) => args[args.indexOf(flag) + 1];
if (args[1] === 'build') {
  const image = at('--tag').split('/').pop().split(':')[0];
  if (fs.existsSync(${'`${__dirname}/fail-${image}`'})) { console.error('failed to solve: ' + image); process.exit(1); }
  const hex = Buffer.from(image.padEnd(32, '.')).toString('hex').slice(0, 64);
  fs.writeFileSync(at('--metadata-file'), JSON.stringify({ 'containerimage.digest': 'sha256:' + hex }));
}
`;

beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), 'docker-'));
  writeFileSync(join(bin, 'docker'), docker);
  chmodSync(join(bin, 'docker'), 0o755);
  mkdirSync(join(bin, 'gcloud'));
  gcloud = new Gcloud({
    project: 'orchestra-dev',
    environment: {
      PATH: process.env.PATH,
      HOME: bin,
      CLOUDSDK_CONFIG: join(bin, 'gcloud'),
      CLOUDSDK_AUTH_ACCESS_TOKEN: token,
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    },
    waits: [],
  });
  project = projectCopy();
  cpSync(join(root, 'gcp-bootstrap'), join(project.folder, 'gcp-bootstrap'), { recursive: true });
  repository = await gitRepository();
  project.git('config', 'user.name', 'test');
  project.git('config', 'user.email', 'test@example.test');
  // As dev is once somebody else has built SuperAGI.
  const record = JSON.parse(project.read('environments/releases/dev.json')) as { images: Record<string, string> };
  for (const image of ['superagi', 'superagi-gui']) record.images[image] = digest(image);
  project.write('environments/releases/dev.json', `${JSON.stringify(record, null, 2)}\n`);
  expect(project.synth().status).toBe(0);
  project.commit('SuperAGI');
  project.git('remote', 'add', 'origin', repository.url);
  project.git('push', '--quiet', 'origin', 'HEAD:refs/heads/develop');
});
afterAll(async () => {
  project?.remove();
  await repository?.stop();
  rmSync(bin, { recursive: true, force: true });
});

const environment = () => ({ ...dev, gitops: { ...dev.gitops, repository: repository.url } });
const build = (told: string[] = []) =>
  buildImages(
    {
      root: project.folder,
      gcloud,
      environment: environment(),
      variables: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    },
    (line) => told.push(line),
  );
const tip = () => project.git('ls-remote', 'origin', 'refs/heads/develop').split(/\s/)[0];

test('what has a Dockerfile here can be built, and nothing else', () => {
  expect(Object.keys(dockerfiles).every((image) => canBeBuilt(project.folder, image as keyof typeof dockerfiles))).toBe(
    true,
  );
  expect([canBeBuilt(project.folder, 'superagi'), canBeBuilt(project.folder, 'superagi-gui')]).toEqual([false, false]);
});

test('a build that fails is told with its command; nothing is recorded, and nobody stays logged in', async () => {
  const before = tip();
  writeFileSync(join(bin, 'fail-mcp-mongodb'), '');
  await expect(build()).rejects.toMatchObject({
    name: 'ProgramFailed',
    command: expect.stringMatching(/^docker buildx build --file mcp-servers\/mongodb\/Dockerfile /),
    said: 'failed to solve: mcp-mongodb',
  });
  rmSync(join(bin, 'fail-mcp-mongodb'));
  expect(noted().at(-1)).toBe('logout us-central1-docker.pkg.dev');
  expect(missingImages(project.folder, { name: 'dev' })).toContain('memory');
  expect(tip()).toBe(before);
});

test('what is missing is built with provenance and SBOM, pushed, recorded by digest, rendered, and pushed to the branch of dev', async () => {
  rmSync(join(bin, 'log'));
  expect(await build()).toBe('4 built, pushed, and recorded');
  const [login, ...rest] = noted();
  expect(login).toBe('login --username oauth2accesstoken --password-stdin us-central1-docker.pkg.dev');
  expect(readFileSync(join(bin, 'password'), 'utf8')).toBe(token);
  expect(noted().join('\n')).not.toContain(token);
  expect(rest.at(-1)).toBe('logout us-central1-docker.pkg.dev');
  expect(
    rest.slice(0, -1).map((line) => line.replace(/:[0-9a-f]{12}-\d+ /, ':TAG ').replace(/\S+\.json/, 'FILE')),
  ).toEqual(
    Object.entries(dockerfiles).map(
      ([image, file]) =>
        `buildx build --file ${file} --platform linux/amd64 --push --tag us-central1-docker.pkg.dev/orchestra-dev/orchestra/${image}:TAG --provenance=mode=max --sbom=true --metadata-file FILE .`,
    ),
  );
  expect(missingImages(project.folder, { name: 'dev' })).toEqual([]);
  const deployment = project.git('show', `${tip()}:dist/dev/memory/Deployment-memory.yaml`);
  expect(deployment).toContain(`/orchestra/memory@${digest('memory')}`);
  expect(project.git('status', '--porcelain')).toBe('');
});

test('done again, nothing is built and nothing is pushed', async () => {
  const [before, calls] = [tip(), noted().length];
  expect(await build()).toBe('all 6 have digests in environments/releases/dev.json');
  expect([tip(), noted().length]).toEqual([before, calls]);
});
