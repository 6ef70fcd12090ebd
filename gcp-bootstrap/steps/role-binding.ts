import type { Resource } from '../engine/resource.ts';

interface Policy {
  readonly bindings?: readonly {
    readonly role: string;
    readonly members?: readonly string[];
    readonly condition?: { readonly title?: string; readonly expression?: string };
  }[];
}

/** What a policy is on: the words between `gcloud` and `add-iam-policy-binding`, and its name with its flags. */
export interface PolicyTarget {
  readonly name: string;
  /** `['secrets']`, `['artifacts', 'repositories']` */
  readonly group: readonly string[];
  /** `['orchestra', '--location=us-central1']` */
  readonly words: readonly string[];
  readonly needs: readonly string[];
  readonly api?: string;
  /** Whether the thing itself is there: a policy of what is not there cannot be read. @default it is */
  readonly exists?: Resource;
}

export interface Condition {
  readonly title: string;
  /** In the Common Expression Language of IAM. */
  readonly expression: string;
}

/** One role of one member. Others in the same policy are left as they are. */
export function roleBinding(target: PolicyTarget, role: string, member: string, condition?: Condition): Resource {
  const { name, group, words, needs, api, exists } = target;
  const flags = [
    `--role=${role}`,
    `--member=${member}`,
    condition ? `--condition=title=${condition.title},expression=${condition.expression}` : '--condition=None',
  ];
  // Secrets, repositories, keys and buckets take conditions too, but refuse `--condition=None` in some versions of gcloud.
  const own = group[0] === 'projects' || condition ? flags : flags.slice(0, 2);
  return {
    id: `role:${name}:${role}:${member}${condition ? `:${condition.title}` : ''}`,
    title: `${role} on ${name} for ${shortMember(member)}`,
    ...(api && { api }),
    needs,
    ...(exists && { partOf: exists.id }),
    policy: true,
    wanted: {},
    async read(read) {
      if (exists && (await exists.read(read)) === undefined) return undefined;
      const policy = await read.json<Policy>(...group, 'get-iam-policy', ...words);
      const found = (policy.bindings ?? []).some(
        (binding) =>
          binding.role === role &&
          binding.members?.includes(member) &&
          (binding.condition?.expression ?? '') === (condition?.expression ?? ''),
      );
      return found ? { fields: {} } : undefined;
    },
    create: () => [{ words: [...group, 'add-iam-policy-binding', ...words, ...own] }],
    update: () => [],
    remove: () => [{ words: [...group, 'remove-iam-policy-binding', ...words, ...own] }],
  };
}

/** `superagi/memory` for a Kubernetes service account; else what stands after the last colon or slash. */
function shortMember(member: string): string {
  const account = /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(member);
  if (account) return `${account[1]}/${account[2]}`;
  return member.startsWith('principal') ? member.split('/').slice(-2).join('/') : (member.split(':').at(-1) ?? member);
}

/** A Kubernetes service account as IAM names it: no Google service account stands between. */
export const kubernetesAccount = (project: string, projectNumber: string, namespace: string, account: string) =>
  `principal://iam.googleapis.com/projects/${projectNumber}/locations/global/workloadIdentityPools/${project}.svc.id.goog/subject/ns/${namespace}/sa/${account}`;
