import { goProgram } from '../../provide/go.ts';
import type { Provision } from '../../provide/provision.ts';

function kubernetesProgram(name: string): Provision {
  return goProgram({
    name,
    family: 'kubernetes',
    module: 'k8s.io/kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    versionVariable: 'k8s.io/component-base/version.gitVersion',
    image: { reference: `registry.k8s.io/${name}:v{version}`, program: `/usr/local/bin/${name}` },
  });
}

export const kubeApiserver = kubernetesProgram('kube-apiserver');
export const kubeControllerManager = kubernetesProgram('kube-controller-manager');
export const kubeScheduler = kubernetesProgram('kube-scheduler');
