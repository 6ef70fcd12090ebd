/** Our own images: built and pushed where the release record has none yet, and their digests given to git. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { notYetBuilt, type OwnImage, ownImages, parseRelease, recordFile } from '../../environments/releases.ts';
import type { Environment } from '../../environments/schema.ts';
import { recordImages } from '../../promotion/images.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { followedBranch, git } from './git.ts';
import { run } from './program.ts';
import { StageFailed, type Tell } from './stage.ts';

/** What each is built from, by its path; the context is the folder of the repository. */
export const dockerfiles: Readonly<Partial<Record<OwnImage, string>>> = {
  memory: 'memory/Dockerfile',
  'mcp-mongodb': 'mcp-servers/mongodb/Dockerfile',
  'mcp-weaviate': 'mcp-servers/weaviate/Dockerfile',
  'mcp-memory': 'mcp-servers/memory/Dockerfile',
};

/** Images that the record of an environment has no digest of. @param root folder of the repository */
export function missingImages(root: string, { name }: Pick<Environment, 'name'>): readonly OwnImage[] {
  const { release } = parseRelease(JSON.parse(readFileSync(join(root, recordFile(name)), 'utf8')), name);
  return ownImages.filter((image) => release?.images[image] === notYetBuilt);
}

export const canBeBuilt = (root: string, image: OwnImage): boolean =>
  existsSync(join(root, dockerfiles[image] ?? 'nowhere'));

export interface ImagesOptions {
  /** Folder of the repository. */
  readonly root: string;
  readonly gcloud: Gcloud;
  readonly environment: Environment;
  /** Variables that docker runs with. @default those of this process */
  readonly variables?: NodeJS.ProcessEnv;
}

const built = z.object({ 'containerimage.digest': z.string().regex(/^sha256:[0-9a-f]{64}$/) });

/** Does nothing where every image has a digest. @throws {ProgramFailed} {GcloudFailed} {StageFailed} */
export async function buildImages(options: ImagesOptions, tell: Tell): Promise<string> {
  const { root, gcloud, environment, variables = process.env } = options;
  const missing = missingImages(root, environment);
  if (missing.length === 0) return `all ${ownImages.length} have digests in ${recordFile(environment.name)}`;
  const { artifactRegistry, projectId } = environment.googleCloud;
  const registry = `${artifactRegistry}-docker.pkg.dev`;
  const commit = await git(root, 'rev-parse', 'HEAD');
  // Tags cannot be moved: a second try needs another.
  const tag = `${commit.slice(0, 12)}-${new Date().toISOString().replaceAll(/\D/g, '')}`;
  const docker = (...args: readonly string[]) => run('docker', args, { cwd: root, environment: variables });
  const token = await gcloud.run({ words: ['auth', 'print-access-token'] });
  const login = ['login', '--username', 'oauth2accesstoken', '--password-stdin', registry];
  await run('docker', login, { environment: variables, input: token.trim() });
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  try {
    const pins: string[] = [];
    for (const image of missing) {
      const dockerfile = dockerfiles[image];
      if (dockerfile === undefined) throw new StageFailed(`nothing here builds ${image}`, pinAdvice(image));
      const reference = `${registry}/${projectId}/orchestra/${image}`;
      const answer = join(folder, `${image}.json`);
      tell(`building ${image}`);
      await docker(
        ...['buildx', 'build', '--file', dockerfile, '--platform', 'linux/amd64', '--push'],
        ...['--tag', `${reference}:${tag}`, '--provenance=mode=max', '--sbom=true', '--metadata-file', answer, '.'],
      );
      const { 'containerimage.digest': digest } = built.parse(JSON.parse(readFileSync(answer, 'utf8')));
      tell(`${image} is ${digest}`);
      pins.push(`${image}=${digest}`);
    }
    // What was pushed counts, also where a later step fails.
    recordImages(root, pins);
  } finally {
    rmSync(folder, { recursive: true });
    await docker('logout', registry).catch(() => {});
  }
  await publish(options, tell);
  return `${missing.length} built, pushed, and recorded`;
}

export const pinAdvice = (image: OwnImage) =>
  `Build it elsewhere, push it, and name its digest: npm run release -- ${image}=sha256:...; then npm run synth, commit, push.`;

/** Records and what is rendered from them, as a commit on the branch that Argo CD follows. */
async function publish({ root, environment }: ImagesOptions, tell: Tell): Promise<void> {
  tell('rendering dist/ with the digests');
  await run(process.execPath, ['main.ts'], { cwd: root });
  const released = ['environments/releases', 'dist'];
  await git(root, 'add', '--', ...released);
  await git(root, 'commit', '--quiet', '--message', `Give ${environment.name} its first images`, '--', ...released);
  const { remote } = await followedBranch(root, environment);
  const { revision } = environment.gitops;
  tell(`pushing to ${revision}`);
  await git(root, 'push', '--quiet', remote ?? environment.gitops.repository, `HEAD:refs/heads/${revision}`);
}
