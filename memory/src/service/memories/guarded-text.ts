import { Refusal } from '../../api/errors.ts';
import type { Finding } from '../../guard/finding.ts';
import type { RecalledTexts } from '../../guard/recalled.ts';
import { redacted, scan } from '../../guard/scan.ts';
import type { Defaults } from '../dependencies.ts';
import type { Policy } from '../tiers/policies.ts';

export interface GuardedText {
  readonly text: string;
  readonly status: 'active' | 'quarantined';
  /** Each rule once. */
  readonly findings: readonly { readonly danger: Finding['danger']; readonly rule: string }[];
}

/** What the caller gave, and where: refusals point there. */
export interface GivenText {
  readonly pointer: string;
  readonly text: string;
  /** Searched for secrets too, and stored as it is. */
  readonly beside?: unknown;
}

/**
 * What becomes of texts that are to be written: secrets redacted where the policy says so, and what still looks like a secret,
 * an instruction or something recalled is held back or refused.
 * @throws Refusal `quarantine-rejected`, with every text that is refused
 */
export function guard(
  given: readonly GivenText[],
  {
    policy,
    mode,
    recalled,
    tenant,
    now,
  }: {
    readonly policy: Policy;
    readonly mode: Defaults['quarantine'];
    readonly recalled: RecalledTexts;
    readonly tenant: string;
    readonly now: number;
  },
): readonly GuardedText[] {
  const texts = given.map(({ text, beside }) => {
    const found = [...scan(text), ...recalled.echoesIn(tenant, text, now)];
    const kept = policy.redactSecrets ? redacted(text, found, ['secret']) : text;
    const besides = beside === undefined ? [] : scan(typeof beside === 'string' ? beside : JSON.stringify(beside));
    const left = [...found.filter(({ danger }) => !policy.redactSecrets || danger !== 'secret'), ...besides];
    const rules = new Map(left.map(({ danger, rule }) => [`${danger} ${rule}`, { danger, rule }]));
    const status: GuardedText['status'] = rules.size > 0 && mode !== 'off' ? 'quarantined' : 'active';
    return { text: kept, status, findings: mode === 'off' ? [] : [...rules.values()] };
  });
  const mistakes = given.flatMap(({ pointer }, index) => {
    const findings = texts[index]?.findings ?? [];
    if (mode !== 'reject' || findings.length === 0) return [];
    const what = findings.map(({ danger, rule }) => `${danger} (${rule})`).join(', ');
    return [
      {
        pointer,
        given: `a text that looks like: ${what}`,
        allowed: 'what neither is a secret, nor instructs who reads it, nor was recalled',
        fix: 'Say the fact alone; keep credentials in a secret store.',
      },
    ];
  });
  if (mistakes.length > 0) {
    throw new Refusal('quarantine-rejected', 'The policy of the namespace refuses such texts.', { mistakes });
  }
  return texts;
}
