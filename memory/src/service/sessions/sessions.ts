import { Refusal } from '../../api/errors.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { type Document, VersionConflict, type Write } from '../../stores/store.ts';
import { defined } from '../records/canonical.ts';
import { uuid5, uuid7 } from '../records/identifiers.ts';
import type { Signer } from '../records/signed.ts';
import type { Audit } from '../tiers/audit.ts';
import { once, Receipt } from '../tiers/idempotency.ts';
import type { Policies } from '../tiers/policies.ts';
import { mismatch, type Tiers } from '../tiers/tiers.ts';
import type { Usage } from '../tiers/usage.ts';
import { type Session, type SessionDocument, sessionDocument, sessionOf } from './record.ts';

export interface SessionParts {
  readonly tiers: Tiers;
  readonly policies: Policies;
  readonly usage: Usage;
  readonly audit: Audit;
  readonly signer: Signer;
}

/** How long a removed document is remembered against late news of it. */
const TOMBSTONE_LIFE = 30 * 24 * 3_600_000;

export class Sessions {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  async create(scope: Scope, { body, idempotencyKey: key }: Input<'createSession'>): Promise<Answer<Session>> {
    const { tiers, policies, usage } = this.#parts;
    const { namespace, subjectId, agentId, metadata, ttlSeconds } = body;
    const policy = await policies.of(scope, namespace);
    const now = tiers.now();
    const ttlMilliseconds = ttlSeconds === undefined ? (policies.lifetime(policy, 'short') ?? 0) : ttlSeconds * 1000;
    const made = key === undefined ? uuid7(now) : uuid5(scope.tenant, 'session', key);
    const put: Document = {
      kind: 'session',
      id: body.id ?? made,
      version: 1,
      attributes: defined({ namespace, subjectId, agentId }),
      order: now,
      expiresAt: now + ttlMilliseconds,
      pending: false,
      body: { epoch: made, lastSequence: 0, ttlMilliseconds, metadata, createdAt: now },
    };
    const session = sessionOf(sessionDocument(put));
    const receipt = key === undefined ? undefined : new Receipt<Session>(tiers, scope, 'createSession', key, body);
    const { answer, replayed } = await once(receipt, 'short', async (also) => {
      await usage.check(scope.tenant, { records: 1, bytes: 0 }, policies.quota(policy));
      try {
        await tiers.commit(scope.tenant, 'short', [...also(session, subjectId), { put, expect: 'absent' }]);
      } catch (error) {
        if (!(error instanceof VersionConflict) || error.key.kind !== 'session') throw error;
        throw new Refusal('already-exists', `There is a session ${put.id} already. Use it, or choose another id.`);
      }
      await usage.add(scope.tenant, 'short', [put]);
      return session;
    });
    return { body: answer, version: answer.version, replayed };
  }

  async get(scope: Scope, { params }: Input<'getSession'>): Promise<Answer<Session>> {
    const body = sessionOf(await this.living(scope, params.sessionId));
    return { body, version: body.version };
  }

  async list(scope: Scope, { query }: Input<'listSessions'>) {
    const { tiers, signer } = this.#parts;
    const { cursor, limit, ...filters } = query;
    const place = signer.place<{ order: number; id: string }>(scope, ['sessions', filters], cursor, 'query/cursor');
    const found = await tiers.list(scope.tenant, 'short', {
      kind: 'session',
      where: defined(filters),
      direction: 'descending',
      limit: limit + 1,
      ...(place && { after: place }),
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const next =
      found.length > limit && last !== undefined
        ? signer.cursor(scope, ['sessions', filters], { order: last.order, id: last.id })
        : null;
    return { body: { sessions: page.map((document) => sessionOf(sessionDocument(document))), next } };
  }

  async update(scope: Scope, { params, body, ifMatch }: Input<'updateSession'>): Promise<Answer<Session>> {
    const { tiers } = this.#parts;
    const written = await tiers.retrying(
      async () => {
        const old = await this.living(scope, params.sessionId, ifMatch);
        const now = tiers.now();
        const ttlMilliseconds = body.ttlSeconds === undefined ? old.body.ttlMilliseconds : body.ttlSeconds * 1000;
        const put: SessionDocument = {
          ...old,
          version: old.version + 1,
          expiresAt: now + ttlMilliseconds,
          body: { ...old.body, ttlMilliseconds, metadata: body.metadata ?? old.body.metadata },
        };
        await tiers.commit(scope.tenant, 'short', [{ put, expect: old.version }]);
        return put;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    return { body: sessionOf(written), version: written.version };
  }

  /** The session first: what is left of it when the process dies is not shown any more, and expires. */
  async delete(scope: Scope, { params, ifMatch, traceId }: Input<'deleteSession'>): Promise<Answer<undefined>> {
    const { tiers, policies, usage, audit } = this.#parts;
    const { sessionId } = params;
    const session = await tiers.retrying(
      async () => {
        const old = await this.living(scope, sessionId, ifMatch);
        const { namespace = 'default' } = old.attributes;
        const policy = await policies.of(scope, namespace);
        if (policy.legalHold) throw onHold(namespace);
        await tiers.commit(scope.tenant, 'short', [{ remove: old, expect: old.version }]);
        return old;
      },
      (conflict) => (ifMatch === undefined ? undefined : mismatch(conflict.found)),
    );
    await usage.add(scope.tenant, 'short', [session], -1);
    const now = tiers.now();
    for (const kind of ['message', 'state'] as const) {
      for await (const documents of tiers.walk(scope.tenant, 'short', kind, { sessionId }, 100)) {
        await tiers.commitAll(scope.tenant, 'short', erasure(documents, now, tiers.pending));
        await usage.add(scope.tenant, 'short', documents, -1);
      }
    }
    const { namespace, subjectId } = session.attributes;
    audit.record(scope, {
      action: 'delete',
      operation: 'deleteSession',
      ids: [sessionId],
      ...defined({ namespace, subjectId, traceId }),
    });
    return { body: undefined };
  }

  /** @throws Refusal `not-found`, or `version-mismatch` where it is another version than asked for */
  async living(scope: Scope, sessionId: string, ifMatch?: number | '*'): Promise<SessionDocument> {
    const found = await this.#parts.tiers.get(scope.tenant, 'short', { kind: 'session', id: sessionId });
    if (found === undefined) throw noSession(sessionId);
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== found.version) throw mismatch(found.version);
    return sessionDocument(found);
  }
}

export function noSession(sessionId: string): Refusal {
  return new Refusal(
    'not-found',
    `There is no session ${sessionId}, or not any more. Begin one with POST /v1/sessions.`,
  );
}

export function onHold(namespace: string): Refusal {
  return new Refusal(
    'legal-hold',
    `Nothing of the namespace ${namespace} may be erased. Its policy says so: legalHold.`,
  );
}

/** Removes documents; of the searchable ones a mark stays that keeps the index from finding them again. */
export function erasure(documents: readonly Document[], now: number, pending: boolean): Write[] {
  return documents.flatMap((document): Write[] => {
    const removal: Write = { remove: { kind: document.kind, id: document.id }, expect: 'any' };
    if (document.kind !== 'memory' && document.kind !== 'message') return [removal];
    return [removal, { put: tombstone(document, now, pending), expect: 'any' }];
  });
}

/** Holds nothing of what the document said. */
export function tombstone(document: Document, now: number, pending: boolean): Document {
  return {
    kind: 'tombstone',
    id: document.id,
    version: document.version + 1,
    attributes: {},
    order: now,
    expiresAt: now + TOMBSTONE_LIFE,
    pending,
    body: { of: document.kind },
  };
}
