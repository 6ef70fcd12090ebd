/**
 * Metrics about objects rather than from them: GKE's kube-state-metrics and kubelet packages.
 * Uncertain: both are on by default in clusters made since 1.29, but only a list of some metrics is kept; and whether the
 * label `namespace` is the object's or, as with a kube-state-metrics of one's own, that is called `exported_namespace`. So
 * each selector asks for either, and the rules are ClusterRules: Rules would add `namespace` themselves.
 * @see https://cloud.google.com/kubernetes-engine/docs/how-to/kube-state-metrics
 */
import type { NamespaceName } from '../../lib/namespaces.ts';
import { namespaces } from '../../lib/namespaces.ts';
import type { Workload } from '../../lib/workload.ts';

const eitherNamespace = (metric: string, matchers: readonly string[], namespace: string) =>
  `(${metric}{${[...matchers, `namespace=~"${namespace}"`].join(',')}} or ${metric}{${[...matchers, `exported_namespace=~"${namespace}"`].join(',')}})`;

/** The series of one workload, by the label that carries its name. */
export const ofWorkload = (metric: string, label: string, { name, namespace }: Workload) =>
  eitherNamespace(metric, [`${label}="${name}"`], namespace);

/** The series of all our namespaces. */
export const ofOurs = (metric: string, ...matchers: readonly string[]) =>
  eitherNamespace(metric, matchers, (namespaces as readonly NamespaceName[]).join('|'));
