/**
 * The operator that brings values from Secret Manager into the cluster. It is there before Argo CD, as the first application has
 * objects of its kinds. Its CRDs are those of the release, held against a checksum.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Kubectl } from '../argo-cd/kubectl.ts';
import { StageFailed, type Tell } from './stage.ts';

export const externalSecretsRelease = {
  version: '1.3.2',
  /** Of deploy/crds/bundle.yaml. */
  sha256: '002059546bbc6b04206801a8ad135ea949b2f36e65b1993b8d278f2c213290f7',
} as const;

const sourceOf = (version: string) =>
  `https://raw.githubusercontent.com/external-secrets/external-secrets/v${version}/deploy/crds/bundle.yaml`;

/** Gives the bytes of an address. @throws where it cannot */
export type Download = (url: string) => Promise<Uint8Array>;

export interface CrdsOptions {
  /** Folder that keeps them. @default the user's cache */
  readonly cache?: string;
  /** @default GitHub */
  readonly download?: Download;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const defaultCache = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ai-orchestra');

/** Path of the CRDs; fetched once. @throws {StageFailed} where they are not what was pinned */
export async function externalSecretsCrds({ cache = defaultCache(), download = fetched }: CrdsOptions = {}) {
  const { version, sha256 } = externalSecretsRelease;
  const path = join(cache, `external-secrets-${version}-crds.yaml`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && digest(kept) === sha256) return path;
  const url = sourceOf(version);
  const bytes = await download(url);
  const found = digest(bytes);
  if (found !== sha256)
    throw new StageFailed(
      `${url} has the checksum ${found}, and ${sha256} was pinned`,
      'Do not apply it. If the release was made anew, read what changed, and pin it in gcp-bootstrap/deploy/external-secrets.ts.',
    );
  await mkdir(cache, { recursive: true });
  await writeFile(`${path}.${process.pid}`, bytes);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

async function fetched(url: string): Promise<Uint8Array> {
  const asked = fetch(url, { signal: AbortSignal.timeout(60_000) });
  const response = await asked.catch((error: Error) => {
    throw new StageFailed(`${url}: ${error.message}`, 'See whether this machine reaches GitHub, and run it again.');
  });
  if (!response.ok) throw new StageFailed(`${url} answered ${response.status}`, 'Run the command again.');
  return new Uint8Array(await response.arrayBuffer());
}

const ours = ['--server-side', '--force-conflicts', '--field-manager=ai-orchestra-bootstrap'];
const needed = ['clustersecretstores', 'externalsecrets'].map((name) => `crd/${name}.external-secrets.io`);

/** Done again, it changes nothing. @throws {KubectlFailed} {StageFailed} */
export async function installExternalSecrets(kubectl: Kubectl, crds: CrdsOptions, tell: Tell): Promise<string> {
  const bundle = await externalSecretsCrds(crds);
  tell('its kinds');
  await kubectl(['apply', ...ours, '-f', bundle]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=120s', ...needed]);
  tell('the operator');
  const operator = readFileSync(join(import.meta.dirname, 'external-secrets.yaml'), 'utf8');
  const image = `ghcr.io/external-secrets/external-secrets:v${externalSecretsRelease.version}`;
  await kubectl(['apply', ...ours, '-f', '-'], operator.replace('{image}', image));
  await kubectl(['rollout', 'status', 'deployment/external-secrets', '-n', 'external-secrets', '--timeout=600s']);
  return `External Secrets ${externalSecretsRelease.version} runs`;
}
