/** What the workflow `integration` may do in a cluster: see the Applications, and call services as agents do. Nothing can be changed. */
import { argoCdNamespace } from '../../charts/lib/namespaces.ts';
import type { Kubectl } from '../argo-cd/kubectl.ts';

const name = 'github-integration';
const labels = { 'app.kubernetes.io/managed-by': 'ai-orchestra-bootstrap' };

const rules = {
  [argoCdNamespace]: [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list'] }],
  superagi: [
    { apiGroups: [''], resources: ['services', 'pods'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create'] },
    // Tokens of agents alone: of no other account.
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['superagi'], verbs: ['create'] },
  ],
};

/** @param user as the API server knows the workflow */
export const clusterAccessObjects = (user: string): readonly object[] =>
  Object.entries(rules).flatMap(([namespace, own]) => {
    const metadata = { name, namespace, labels };
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    return [
      { apiVersion, kind: 'Role', metadata, rules: own },
      {
        apiVersion,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      },
    ];
  });

/**
 * Gives it, or puts it right.
 * @returns whether it was given: not where the cluster's namespaces are still to come
 * @throws {KubectlFailed}
 */
export async function giveClusterAccess(kubectl: Kubectl, user: string): Promise<boolean> {
  const wanted = Object.keys(rules);
  const there = await kubectl(['get', 'namespaces', ...wanted, '--ignore-not-found', '-o', 'name']);
  if (there.trim().split('\n').filter(Boolean).length < wanted.length) return false;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: clusterAccessObjects(user) });
  const flags = ['--server-side', '--force-conflicts', '--field-manager=ai-orchestra-bootstrap'];
  await kubectl(['apply', ...flags, '-f', '-'], list);
  return true;
}
