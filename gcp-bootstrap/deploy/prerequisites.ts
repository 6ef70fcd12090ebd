/** What must be so before the first change: looked at together, and told together. Nothing is changed here. */
import type { Problem } from '../../environments/problem.ts';
import { environmentBefore, recordFile } from '../../environments/releases.ts';
import type { Environment } from '../../environments/schema.ts';
import { GcloudFailed } from '../gcloud/failure.ts';
import type { Gcloud } from '../gcloud/gcloud.ts';
import { Reader } from '../gcloud/reader.ts';
import { readProject } from '../project.ts';
import { followedBranch, git, gitSays } from './git.ts';
import { canBeBuilt, missingImages, pinAdvice } from './images.ts';
import { ProgramFailed, run } from './program.ts';

export interface PrerequisitesOptions {
  /** Folder of the repository. */
  readonly root: string;
  readonly gcloud: Gcloud;
  readonly environment: Environment;
  /** The clusters' folders below dist/. */
  readonly folders: readonly string[];
  /** @default those of this process */
  readonly variables?: NodeJS.ProcessEnv;
}

/** The oldest gcloud that the commands were checked with; a flag that a newer one has is left out where it may be. */
const oldestGcloud = 528;

/** @returns every problem; none where the deployment may begin */
export async function prerequisites(options: PrerequisitesOptions): Promise<readonly Problem[]> {
  const all = await Promise.all([
    variablesOf(options),
    gcloudProblems(options),
    program(options, 'kubectl', ['version', '--client'], 'gcloud components install kubectl'),
    program(options, 'gke-gcloud-auth-plugin', ['--version'], 'gcloud components install gke-gcloud-auth-plugin'),
    gitProblems(options),
    imageProblems(options),
  ]);
  return all.flat();
}

function variablesOf({ environment, variables = process.env }: PrerequisitesOptions): readonly Problem[] {
  const { GCP_PROJECT_ID: project, OPENROUTER_API_KEY: key } = variables;
  const { projectId } = environment.googleCloud;
  const problems: Problem[] = [];
  if (project !== projectId)
    problems.push({
      path: 'GCP_PROJECT_ID',
      given: project || 'nothing',
      allowed: `${projectId}, as environments/${environment.name}.ts says`,
      fix: project
        ? `write it into environments/${environment.name}.ts too, as manifests name the project; then npm run synth, commit, push`
        : `export GCP_PROJECT_ID=${projectId}: it says that you mean this project, which is changed and costs money`,
    });
  if (!key)
    problems.push({
      path: 'OPENROUTER_API_KEY',
      given: 'nothing',
      allowed: 'a key of https://openrouter.ai/keys',
      fix: 'export it; it goes to Secret Manager on standard input',
    });
  return problems;
}

async function gcloudProblems({ gcloud, environment }: PrerequisitesOptions): Promise<readonly Problem[]> {
  const told = (path: string, error: unknown): Problem => {
    if (!(error instanceof GcloudFailed)) throw error;
    return { path, given: error.said.split('\n')[0] ?? '', allowed: `an answer to ${error.command}`, fix: error.fix };
  };
  try {
    const version = await gcloud.json<{ readonly 'Google Cloud SDK'?: string }>(['version']);
    const major = Number.parseInt(version['Google Cloud SDK'] ?? '', 10);
    // A gcloud that was built from its sources has no number.
    if (major < oldestGcloud)
      return [
        {
          path: 'gcloud',
          given: version['Google Cloud SDK'] ?? '',
          allowed: `${oldestGcloud}.0.0 or newer`,
          fix: 'gcloud components update',
        },
      ];
  } catch (error) {
    return [told('gcloud', error)];
  }
  try {
    const { billingAccount } = await readProject(new Reader(gcloud));
    if (billingAccount !== undefined) return [];
    const { projectId } = environment.googleCloud;
    return [
      {
        path: `project ${projectId}`,
        given: 'no billing account',
        allowed: 'one that pays for it',
        fix: `gcloud billing projects link ${projectId} --billing-account=...; gcloud billing accounts list names yours`,
      },
    ];
  } catch (error) {
    return [told(`project ${environment.googleCloud.projectId}`, error)];
  }
}

async function program(
  { variables = process.env }: PrerequisitesOptions,
  name: string,
  args: readonly string[],
  fix: string,
): Promise<readonly Problem[]> {
  try {
    await run(name, args, { environment: variables });
    return [];
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    const given = error.isMissing ? 'not on PATH' : (error.said.split('\n')[0] ?? '');
    return [{ path: name, given, allowed: `an answer to ${error.command}`, fix }];
  }
}

/** Argo CD reads git, not this folder: what would be deployed has to be there. */
async function gitProblems(options: PrerequisitesOptions): Promise<readonly Problem[]> {
  const { root, environment, folders } = options;
  const { repository, revision } = environment.gitops;
  const of = `${repository}, branch ${revision}`;
  let tip: string;
  let remote: string | undefined;
  try {
    ({ tip, remote } = await followedBranch(root, environment));
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return [
      {
        path: of,
        given: error.said.split('\n')[0] ?? '',
        allowed: 'a branch that can be read: Argo CD follows it',
        fix: `set gitops in environments/${environment.name}.ts to your repository, then npm run synth, commit, and push to ${revision}`,
      },
    ];
  }
  const problems: Problem[] = [];
  const problem = (given: string, allowed: string, fix: string) => problems.push({ path: of, given, allowed, fix });
  if (!(await gitSays(root, 'cat-file', '-e', `${tip}^{commit}`)))
    problem(`a commit ${tip.slice(0, 8)} that is not here`, 'one of this checkout', 'git pull');
  else {
    const paths = folders.map((folder) => `dist/${folder}`);
    const same = await gitSays(root, 'diff', '--quiet', tip, '--', ...paths);
    const untracked = await git(root, 'ls-files', '--others', '--exclude-standard', '--', ...paths);
    if (!same || untracked)
      problem(`another ${paths.join(', ')} than here`, 'the same', `commit it, and push it to ${revision}`);
    const buildsImages = missingImages(root, environment).length > 0;
    if (buildsImages && (await git(root, 'rev-parse', 'HEAD')) !== tip)
      problem(
        `commit ${tip.slice(0, 8)}, and this checkout is at another`,
        'the same: the digests of the images are pushed on top of it',
        `git push, or git switch ${revision}`,
      );
    if (buildsImages && remote === undefined)
      problem('no remote of this checkout', 'one to push to', `git remote add origin ${repository}`);
  }
  const isRendered = await run(process.execPath, ['main.ts', '--check'], { cwd: root }).then(
    () => true,
    () => false,
  );
  if (!isRendered)
    problems.push({
      path: 'dist/',
      given: 'something else than environments/ and the charts say',
      allowed: 'what npm run synth writes',
      fix: `npm run synth, commit, and push to ${revision}`,
    });
  return problems;
}

async function imageProblems(options: PrerequisitesOptions): Promise<readonly Problem[]> {
  const { root, environment } = options;
  const missing = missingImages(root, environment);
  if (missing.length === 0) return [];
  const given = 'no digest';
  const before = environmentBefore(environment.name);
  if (before !== undefined)
    return [
      {
        path: recordFile(environment.name),
        given: `${given} of ${missing.join(', ')}`,
        allowed: `what ${before} has run`,
        fix: `npm run promote -- --from ${before} --to ${environment.name}; commit, push`,
      },
    ];
  const foreign = missing.filter((image) => !canBeBuilt(root, image));
  const problems = foreign.map((image) => ({
    path: `${recordFile(environment.name)}: ${image}`,
    given,
    allowed: 'a digest, as nothing here builds it',
    fix: pinAdvice(image),
  }));
  if (foreign.length === missing.length) return problems;
  const server = ['version', '--format', '{{.Server.Version}}'];
  const docker = await program(options, 'docker', server, 'start Docker, or let the workflow `images` build them');
  if (docker.length > 0) return [...problems, ...docker];
  return [
    ...problems,
    ...(await program(options, 'docker', ['buildx', 'version'], 'install the plugin buildx of Docker')),
  ];
}
