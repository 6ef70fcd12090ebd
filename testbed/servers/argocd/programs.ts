import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goAdvice, goProgram, moduleFolder } from '../../provide/go.ts';
import type { Provision } from '../../provide/provision.ts';
import type { KubernetesResource } from '../kubernetes/client.ts';

const module = 'github.com/argoproj/argo-cd/v3';

/** Every component of Argo CD in one program; the environment variable `ARGOCD_BINARY_NAME` chooses which it is. */
export const argocd = goProgram({
  name: 'argocd',
  family: 'argocd',
  module,
  package: `${module}/cmd`,
  image: { reference: 'quay.io/argoproj/argocd:v{version}', program: '/usr/local/bin/argocd' },
  versionArgs: ['version', '--client', '--short'],
});

/** The objects of Argo CD's own installation without its CRDs, as a JSON array: a second to parse as YAML, once. */
export const argocdManifests: Provision = {
  name: 'argocd-manifests',
  version: argocd.version,
  advice: goAdvice,
  make: async ({ target }) => {
    const file = join(await moduleFolder('argocd', module), 'manifests', 'install.yaml');
    const objects = parseAllDocuments(readFileSync(file, 'utf8')).map(
      (document) => document.toJS() as KubernetesResource,
    );
    writeFileSync(target, JSON.stringify(objects.filter(({ kind }) => kind !== 'CustomResourceDefinition')));
  },
};
