/** IAM policies, one for each resource that can have one. @see https://cloud.google.com/iam/docs/policies */
import * as z from 'zod';
import { GoogleError } from './answer.ts';
import type { Fields } from './route.ts';
import type { State } from './state.ts';

const binding = z.object({
  role: z.string(),
  members: z.array(z.string()).default([]),
  condition: z
    .object({ title: z.string(), expression: z.string(), description: z.string().optional() })
    .nullish()
    .transform((condition) => condition ?? undefined),
});
const policy = z.object({
  version: z.number().default(1),
  etag: z.string().optional(),
  bindings: z.array(binding).default([]),
});
export type Policy = z.infer<typeof policy>;
export type Binding = z.infer<typeof binding>;

const members =
  /^(?:user|group|serviceAccount|domain|principal|principalSet|deleted|projectOwner|projectEditor|projectViewer):|^all(?:Authenticated)?Users$/;
const key = (name: string) => `//internal/policies/${name}`;

/** Base64, as gcloud takes it for bytes. */
const etag = (number: number) => Buffer.from(`BwX${String(number).padStart(6, '0')}`).toString('base64');

export class Policies {
  readonly #state: State;
  readonly #mustExist: (member: string) => void;

  /** @param mustExist throws GoogleError where a member is not there: Google refuses roles for nobody */
  constructor(state: State, mustExist: (member: string) => void) {
    this.#state = state;
    this.#mustExist = mustExist;
  }

  /** @param version that the caller understands: below 3, what has conditions is shown without them, as Google does */
  get(name: string, version = 3): Policy {
    const found = policy.parse(this.#state.get(key(name)) ?? { etag: etag(0) });
    const conditional = found.bindings.some(({ condition }) => condition !== undefined);
    if (!conditional) return { ...found, version: 1 };
    if (version >= 3) return { ...found, version: 3 };
    const withSuffix = ({ role, members: own, condition }: Binding): Binding => ({
      role: condition ? `${role}_withcond_${Buffer.from(condition.expression).toString('hex').slice(0, 20)}` : role,
      members: own,
      condition: undefined,
    });
    return { ...found, version: 1, bindings: found.bindings.map(withSuffix) };
  }

  /** Refuses a policy that was read before another change of it, as two that write at once would lose one. */
  set(name: string, given: unknown): Policy {
    const parsed = policy.safeParse(given);
    if (!parsed.success) throw new GoogleError('INVALID_ARGUMENT', `Invalid policy: ${z.prettifyError(parsed.error)}`);
    const wanted = parsed.data;
    const before = this.get(name);
    if (wanted.etag !== undefined && wanted.etag !== '' && wanted.etag !== before.etag)
      throw new GoogleError(
        'ABORTED',
        'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
      );
    if (wanted.bindings.some(({ condition }) => condition !== undefined) && wanted.version < 3)
      throw new GoogleError(
        'INVALID_ARGUMENT',
        `The specified policy version ${wanted.version} is invalid: version 3 is required for conditional bindings.`,
      );
    for (const { role, members: own } of wanted.bindings) {
      if (!/^(?:roles|projects\/[^/]+\/roles|organizations\/\d+\/roles)\/[\w.]+$/.test(role))
        throw new GoogleError('INVALID_ARGUMENT', `Role ${role} is not supported for this resource.`);
      for (const member of own) {
        if (!members.test(member))
          throw new GoogleError('INVALID_ARGUMENT', `Invalid member: ${member} is of an unknown type.`);
        const had = before.bindings.some((old) => old.role === role && old.members.includes(member));
        if (!had) this.#mustExist(member);
      }
    }
    const bindings = wanted.bindings.filter(({ members: own }) => own.length > 0);
    const next = { version: wanted.version, bindings, etag: etag(this.#state.next('etag')) };
    this.#state.set(key(name), next as Fields);
    return this.get(name);
  }

  /** Without a trace, as what had it is gone. */
  remove(name: string): void {
    this.#state.remove(key(name));
  }
}
