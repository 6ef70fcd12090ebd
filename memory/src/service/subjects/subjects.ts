import { Refusal } from '../../api/errors.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { Document } from '../../stores/store.ts';
import type { MemoryParts } from '../memories/create.ts';
import { guard } from '../memories/guarded-text.ts';
import { defined, merged } from '../records/canonical.ts';
import { mismatch } from '../tiers/tiers.ts';
import { sizeOf } from '../tiers/usage.ts';
import { type SubjectDocument, type SubjectPart, subjectKey, subjectOf } from './record.ts';

/** Bytes of a profile, or of preferences, after a change. */
const MOST_BYTES = 32 * 1024;

/** Profiles and preferences: one document each, changed by merging. */
export class Subjects {
  readonly #parts: MemoryParts;

  constructor(parts: MemoryParts) {
    this.#parts = parts;
  }

  async get(
    scope: Scope,
    name: SubjectPart,
    { params, traceId }: Input<'getProfile'> | Input<'getPreferences'>,
  ): Promise<Answer<SubjectDocument>> {
    const { tiers, audit } = this.#parts;
    const { subjectId } = params;
    const body = subjectOf(subjectId, await tiers.get(scope.tenant, 'long', subjectKey(subjectId, name)));
    const operation = name === 'profile' ? 'getProfile' : 'getPreferences';
    audit.record(scope, { action: 'read', operation, ids: [], ...defined({ subjectId, traceId }) });
    return { body, version: body.version };
  }

  async patch(
    scope: Scope,
    name: SubjectPart,
    { params, body, ifMatch, traceId }: Input<'patchProfile'> | Input<'patchPreferences'>,
  ): Promise<Answer<SubjectDocument>> {
    const { tiers, policies, recalled, usage, audit } = this.#parts;
    const { subjectId } = params;
    const policy = await policies.of(scope, 'default');
    // There is nothing to hold a member of a profile in, so what would be held is refused.
    const mode = policies.quarantine(policy) === 'off' ? 'off' : 'reject';
    guard([{ pointer: '/merge', text: textIn(body.merge) }], {
      policy,
      mode,
      recalled,
      tenant: scope.tenant,
      now: tiers.now(),
    });
    const written = await tiers.retrying(
      async () => {
        const key = subjectKey(subjectId, name);
        const old = await tiers.get(scope.tenant, 'long', key);
        if (ifMatch === '*' ? old === undefined : ifMatch !== undefined && ifMatch !== (old?.version ?? 0)) {
          throw mismatch(old?.version);
        }
        const now = tiers.now();
        const value = merged(old?.body.value ?? {}, body.merge) as Record<string, unknown>;
        const put: Document = {
          ...key,
          version: (old?.version ?? 0) + 1,
          attributes: { subjectId },
          order: old?.order ?? now,
          expiresAt: null,
          pending: false,
          body: { name, value, updatedAt: now, by: scope.principal },
        };
        const bytes = sizeOf({ body: value });
        if (bytes > MOST_BYTES) throw tooLarge(bytes);
        const more = { records: old === undefined ? 1 : 0, bytes: sizeOf(put) - (old === undefined ? 0 : sizeOf(old)) };
        if (more.records > 0 || more.bytes > 0) await usage.check(scope.tenant, more, policies.quota(policy));
        await tiers.commit(scope.tenant, 'long', [{ put, expect: old?.version ?? 'absent' }]);
        if (old !== undefined) await usage.add(scope.tenant, 'long', [old], -1);
        await usage.add(scope.tenant, 'long', [put]);
        return put;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    const operation = name === 'profile' ? 'patchProfile' : 'patchPreferences';
    audit.record(scope, { action: 'write', operation, ids: [], ...defined({ subjectId, traceId }) });
    return { body: subjectOf(subjectId, written), version: written.version };
  }
}

/** Names and strings of a value, a line each. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if (Array.isArray(value)) return value.map(textIn).join('\n');
  return Object.entries(value)
    .map(([name, member]) => (typeof member === 'string' ? `${name}: ${member}` : `${name}\n${textIn(member)}`))
    .join('\n');
}

function tooLarge(bytes: number): Refusal {
  return new Refusal('invalid-request', 'The document would be too large.', {
    mistakes: [
      {
        pointer: '/merge',
        given: `what makes a document of ${bytes} bytes`,
        allowed: `a document of at most ${MOST_BYTES} bytes of JSON after the change`,
        fix: 'Take members out with null, or keep long texts as memories.',
      },
    ],
  });
}
