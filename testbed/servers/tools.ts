/** Tools that benchmarks and tests compare this project with, or have look at it. */
import { join } from 'node:path';
import { goProgram } from '../provide/go.ts';
import { pythonEnvironment } from '../provide/python.ts';

export const helm = goProgram({
  name: 'helm',
  family: 'helm',
  module: 'helm.sh/helm/v4',
  package: 'helm.sh/helm/v4/cmd/helm',
  versionVariable: 'helm.sh/helm/v4/internal/version.version',
  versionArgs: ['version', '--short'],
});

export const kustomize = goProgram({
  name: 'kustomize',
  family: 'kustomize',
  module: 'sigs.k8s.io/kustomize/kustomize/v5',
  versionVariable: 'sigs.k8s.io/kustomize/api/provenance.version',
  versionArgs: ['version'],
});

export const kubeconform = goProgram({
  name: 'kubeconform',
  family: 'kubeconform',
  module: 'github.com/yannh/kubeconform',
  package: 'github.com/yannh/kubeconform/cmd/kubeconform',
  versionVariable: 'main.version',
  versionArgs: ['-v'],
});

/** Finds mistakes in workflows of GitHub Actions. */
export const actionlint = goProgram({
  name: 'actionlint',
  family: 'actionlint',
  module: 'github.com/rhysd/actionlint',
  package: 'github.com/rhysd/actionlint/cmd/actionlint',
  versionVariable: 'github.com/rhysd/actionlint.version',
  versionArgs: ['-version'],
});

/** Finds weaknesses in workflows of GitHub Actions: `bin/zizmor` of the folder. */
export const zizmor = pythonEnvironment({
  name: 'zizmor',
  version: '1.32.0',
  requirements: join(import.meta.dirname, 'zizmor.requirements.txt'),
});
