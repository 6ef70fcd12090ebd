import { Refusal } from '../../api/errors.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { Document } from '../../stores/store.ts';
import { merged } from '../records/canonical.ts';
import { mismatch } from '../tiers/tiers.ts';
import { sizeOf } from '../tiers/usage.ts';
import { type SessionDocument, type StateValue, stateKey, stateOf } from './record.ts';
import type { SessionParts, Sessions } from './sessions.ts';

/** Values of a session by name. None outlives its session. */
export class State {
  readonly #parts: SessionParts;
  readonly #sessions: Sessions;

  constructor(parts: SessionParts, sessions: Sessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  async get(scope: Scope, { params }: Input<'getState'>): Promise<Answer<StateValue>> {
    const { found } = await this.#read(scope, params);
    if (found === undefined) throw noValue(params.key);
    const body = stateOf(found);
    return { body, version: body.version };
  }

  async put(scope: Scope, { params, body, ifMatch }: Input<'putState'>): Promise<Answer<StateValue>> {
    return this.#change(scope, params, ifMatch, body.ttlSeconds, () => body.value);
  }

  async patch(scope: Scope, { params, body, ifMatch }: Input<'patchState'>): Promise<Answer<StateValue>> {
    return this.#change(scope, params, ifMatch, body.ttlSeconds, (old) => {
      if (old === undefined) throw noValue(params.key);
      return 'merge' in body && body.merge !== undefined ? merged(old.body.value, body.merge) : old.body.value;
    });
  }

  async delete(scope: Scope, { params, ifMatch }: Input<'deleteState'>): Promise<Answer<undefined>> {
    const { tiers, usage } = this.#parts;
    await tiers.retrying(
      async () => {
        const { found } = await this.#read(scope, params);
        if (found === undefined) throw noValue(params.key);
        if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== found.version) throw mismatch(found.version);
        await tiers.commit(scope.tenant, 'short', [{ remove: found, expect: found.version }]);
        await usage.add(scope.tenant, 'short', [found], -1);
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    return { body: undefined };
  }

  async #change(
    scope: Scope,
    params: { readonly sessionId: string; readonly key: string },
    ifMatch: number | '*' | undefined,
    ttlSeconds: number | undefined,
    value: (old: Document | undefined) => unknown,
  ): Promise<Answer<StateValue>> {
    const { tiers, policies, usage } = this.#parts;
    const written = await tiers.retrying(
      async () => {
        const { session, found } = await this.#read(scope, params);
        if (ifMatch === '*' ? found === undefined : ifMatch !== undefined && ifMatch !== found?.version) {
          throw mismatch(found?.version);
        }
        const now = tiers.now();
        const put: Document = {
          ...stateKey(params.sessionId, params.key),
          version: (found?.version ?? 0) + 1,
          attributes: { ...session.attributes, sessionId: params.sessionId },
          order: found?.order ?? now,
          expiresAt: now + (ttlSeconds === undefined ? session.body.ttlMilliseconds : ttlSeconds * 1000),
          pending: false,
          body: { key: params.key, value: value(found), updatedAt: now, epoch: session.body.epoch },
        };
        const policy = await policies.of(scope, session.attributes.namespace ?? 'default');
        const more = {
          records: found === undefined ? 1 : 0,
          bytes: sizeOf(put) - (found === undefined ? 0 : sizeOf(found)),
        };
        if (more.records > 0 || more.bytes > 0) await usage.check(scope.tenant, more, policies.quota(policy));
        await tiers.commit(scope.tenant, 'short', [{ put, expect: found?.version ?? 'absent' }]);
        if (found !== undefined) await usage.add(scope.tenant, 'short', [found], -1);
        await usage.add(scope.tenant, 'short', [put]);
        return put;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    return { body: stateOf(written), version: written.version };
  }

  /** What is left of a deleted session of the same id is not shown, and is replaced. */
  async #read(
    scope: Scope,
    { sessionId, key }: { readonly sessionId: string; readonly key: string },
  ): Promise<{ readonly session: SessionDocument; readonly found: Document | undefined }> {
    const { tiers } = this.#parts;
    const [session, found] = await Promise.all([
      this.#sessions.living(scope, sessionId),
      tiers.get(scope.tenant, 'short', stateKey(sessionId, key)),
    ]);
    if (found === undefined || found.body.epoch === session.body.epoch) return { session, found };
    await tiers.commit(scope.tenant, 'short', [{ remove: found, expect: 'any' }]);
    return { session, found: undefined };
  }
}

function noValue(key: string): Refusal {
  return new Refusal('not-found', `The session has no value ${key}, or not any more.`);
}
