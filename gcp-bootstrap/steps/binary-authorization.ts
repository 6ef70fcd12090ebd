import type { Resource } from '../engine/resource.ts';
import { apisId } from './apis.ts';

const api = 'binaryauthorization.googleapis.com';

interface Policy {
  readonly admissionWhitelistPatterns?: readonly { readonly namePattern: string }[];
  readonly defaultAdmissionRule?: { readonly evaluationMode?: string; readonly enforcementMode?: string };
  readonly globalPolicyEvaluationMode?: string;
}

/** Images from these places alone may run. @param patterns such as `us-docker.pkg.dev/project/**` */
export function binaryAuthorization(project: string, patterns: readonly string[]): Resource {
  const text = JSON.stringify({
    name: `projects/${project}/policy`,
    globalPolicyEvaluationMode: 'ENABLE',
    admissionWhitelistPatterns: patterns.map((namePattern) => ({ namePattern })),
    defaultAdmissionRule: { evaluationMode: 'ALWAYS_DENY', enforcementMode: 'ENFORCED_BLOCK_AND_AUDIT_LOG' },
  });
  const command = {
    words: ['container', 'binauthz', 'policy', 'import', '{file}'],
    // JSON is YAML.
    files: [{ name: 'policy.yaml', text }],
  };
  return {
    id: 'binary-authorization',
    title: 'policy of images that may run',
    api,
    needs: [apisId],
    // Every project has a policy; the one that allows everything is what it begins with.
    keep: { as: 'forever', because: 'a project always has one' },
    wanted: {
      'allowed images': [...patterns].sort(),
      'every other image': 'ALWAYS_DENY, ENFORCED_BLOCK_AND_AUDIT_LOG',
      'images of Google': 'ENABLE',
    },
    async read(read) {
      const found = await read.json<Policy>('container', 'binauthz', 'policy', 'export');
      const rule = found.defaultAdmissionRule;
      return {
        fields: {
          'allowed images': (found.admissionWhitelistPatterns ?? []).map(({ namePattern }) => namePattern).sort(),
          'every other image': `${rule?.evaluationMode ?? ''}, ${rule?.enforcementMode ?? ''}`,
          'images of Google': found.globalPolicyEvaluationMode ?? 'DISABLE',
        },
      };
    },
    create: () => [command],
    update: () => [command],
    remove: () => [],
  };
}
