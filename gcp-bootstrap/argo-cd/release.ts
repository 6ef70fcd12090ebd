/** The release of Argo CD that the bootstrap installs: its manifests, held against a checksum before they reach a cluster. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const argoCdRelease = {
  version: '3.2.6',
  /** Of manifests/ha/install.yaml: Redis, API server and repo-server have replicas in different zones. */
  sha256: '397a2bbdf7c32808e7f8a569d82f4d6b58c166ad6c113ca5b78d90830ed24b72',
} as const;

/** What came is not what was pinned; nothing was applied. */
export class WrongManifest extends Error {
  override readonly name = 'WrongManifest';
}

const sourceOf = (version: string) =>
  `https://raw.githubusercontent.com/argoproj/argo-cd/v${version}/manifests/ha/install.yaml`;

export interface ManifestOptions {
  /** Folder that keeps it. @default the user's cache */
  readonly cache?: string;
  /** @default GitHub */
  readonly download?: (url: string) => Promise<Uint8Array>;
}

/** Path of the manifests; fetched once. @throws {WrongManifest} */
export async function argoCdManifest({
  cache = defaultCache(),
  download = fetched,
}: ManifestOptions = {}): Promise<string> {
  const { version, sha256 } = argoCdRelease;
  const path = join(cache, `argo-cd-${version}-ha-install.yaml`);
  const kept = await readFile(path).catch(() => undefined);
  if (kept && digest(kept) === sha256) return path;
  const url = sourceOf(version);
  const bytes = await download(url);
  const found = digest(bytes);
  if (found !== sha256)
    throw new WrongManifest(
      `${url} has the checksum ${found}, and ${sha256} was pinned: do not apply it. If the release was made anew, read what changed, and pin it in gcp-bootstrap/argo-cd/release.ts.`,
    );
  await mkdir(cache, { recursive: true });
  await writeFile(`${path}.${process.pid}`, bytes);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const defaultCache = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ai-orchestra');

async function fetched(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new WrongManifest(`${url} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
