/** Tools that benchmarks and tests compare this project with. */
import { goProgram } from '../provide/go.ts';

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
