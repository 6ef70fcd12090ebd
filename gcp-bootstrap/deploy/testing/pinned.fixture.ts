/** The pinned manifests in a cache, from the modules that the test bed has: nothing is fetched from elsewhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleFolder } from '../../../testbed/provide/go.ts';
import { argoCdManifest } from '../../argo-cd/release.ts';
import { externalSecretsCrds } from '../external-secrets.ts';

/** @param cache folder that XDG_CACHE_HOME names */
export async function fillCache(cache: string): Promise<void> {
  const own = join(cache, 'ai-orchestra');
  const argoCd = await moduleFolder('argocd', 'github.com/argoproj/argo-cd/v3');
  await argoCdManifest({
    cache: own,
    download: async () => readFileSync(join(argoCd, 'manifests/ha/install.yaml')),
  });
  const externalSecrets = await moduleFolder('crds', 'github.com/external-secrets/external-secrets');
  await externalSecretsCrds({
    cache: own,
    download: async () => readFileSync(join(externalSecrets, 'deploy/crds/bundle.yaml')),
  });
}
