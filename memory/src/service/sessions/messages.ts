import type * as z from 'zod';
import type { Answer, Input, Scope } from '../../api/service.ts';
import type { appended } from '../../api/sessions.ts';
import type { RecalledTexts } from '../../guard/recalled.ts';
import { type Append, type Document, VersionConflict } from '../../stores/store.ts';
import { guard } from '../memories/guarded-text.ts';
import { defined, instant } from '../records/canonical.ts';
import { uuid5, uuid7 } from '../records/identifiers.ts';
import { once, Receipt } from '../tiers/idempotency.ts';
import { sizeOf } from '../tiers/usage.ts';
import { messageOf, type SessionDocument } from './record.ts';
import { noSession, type SessionParts, type Sessions } from './sessions.ts';

type Appended = z.output<typeof appended>;

/** How long what does not change of a session is believed without reading it. */
const FRESH = 5000;
const MOST_KNOWN = 10_000;
const PAGE = 250;

/** What appends need to know of a session, and until when all of its messages are known to live. */
interface Known {
  readonly epoch: string;
  readonly namespace: string;
  readonly attributes: Document['attributes'];
  readonly ttlMilliseconds: number;
  readonly until: number;
  messagesLiveUntil: number;
  prolonging?: Promise<void>;
}

/**
 * Messages are read only while their session lives, and are written with twice its time to live. So they end with it, to the
 * millisecond, and yet an append does not have to touch the messages before it: only once in a time to live are they written again.
 */
export class Messages {
  readonly #parts: SessionParts;
  readonly #sessions: Sessions;
  readonly #recalled: RecalledTexts;
  readonly #known = new Map<string, Known>();

  constructor(parts: SessionParts, sessions: Sessions, recalled: RecalledTexts) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#recalled = recalled;
  }

  async append(scope: Scope, input: Input<'appendMessages'>): Promise<Answer<Appended>> {
    const { params, body, idempotencyKey: key } = input;
    const { tiers, policies, signer } = this.#parts;
    const { sessionId } = params;
    const session = await this.#session(scope, sessionId);
    const policy = await policies.of(scope, session.namespace);
    const now = tiers.now();
    const given = body.messages.map(({ content, metadata }, index) => ({
      pointer: `/messages/${index}/content`,
      text: content,
      ...(Object.keys(metadata).length > 0 && { beside: metadata }),
    }));
    const mode = policies.quarantine(policy);
    const texts = guard(given, { policy, mode, recalled: this.#recalled, tenant: scope.tenant, now });
    const expiresAt = now + 2 * session.ttlMilliseconds;
    const documents = body.messages.map(({ role, speaker, at, metadata }, index) => {
      const { text = '', status = 'active' } = texts[index] ?? {};
      return {
        kind: 'message' as const,
        id: key === undefined ? uuid7(now) : uuid5(scope.tenant, 'message', sessionId, key, index),
        attributes: { ...session.attributes, sessionId, type: 'message', status },
        expiresAt,
        pending: tiers.pending,
        body: defined({
          role,
          text,
          speaker,
          at: at === undefined ? now : Date.parse(at),
          metadata,
          epoch: session.epoch,
          writer: scope.principal,
        }),
      };
    });
    const receipt =
      key === undefined
        ? undefined
        : new Receipt<readonly string[]>(tiers, scope, `appendMessages ${sessionId}`, key, body);
    let first = 0;
    const until = now + session.ttlMilliseconds;
    const { answer: ids, replayed } = await once(receipt, 'short', async (also) => {
      const ids = documents.map(({ id }) => id);
      const parent = { kind: 'session', id: sessionId } as const;
      const append = { documents, also: also(ids, session.attributes.subjectId), parent, expiresAt: until };
      first = await this.#append(scope, session, append, policies.quota(policy));
      return ids;
    });
    const answer = replayed
      ? await this.#answer(scope, sessionId, ids)
      : {
          messages: documents.map(({ id, attributes }, index) => ({
            id,
            sequence: first + index,
            status: attributes.status,
          })),
          lastSequence: first + documents.length - 1,
          expiresAt: instant(until),
        };
    const written = documents.map((document) => ({ ...document, version: 1, order: 0 }));
    return {
      body: answer,
      replayed,
      consistencyToken: signer.consistencyToken(scope, { at: now, tiers: ['short'] }),
      ...(input.waitIndexed && { indexed: await tiers.indexed(scope.tenant, 'short', written) }),
    };
  }

  async list(scope: Scope, { params, query }: Input<'listMessages'>) {
    const { tiers } = this.#parts;
    const { sessionId } = params;
    const [session, found] = await Promise.all([
      this.#sessions.living(scope, sessionId),
      tiers.list(scope.tenant, 'short', {
        kind: 'message',
        where: { sessionId },
        after: { order: query.after + 1, id: '' },
        direction: 'ascending',
        limit: query.limit,
      }),
    ]);
    const messages = found.filter((message) => belongs(message, session)).map(messageOf);
    return { body: { messages, lastSequence: session.body.lastSequence } };
  }

  /** What is remembered of sessions, dropped: it may name a person who is forgotten. */
  forget(): void {
    this.#known.clear();
  }

  /** What is remembered of a session that begins or ends: one of the same id that begins after it is another. */
  forgetSession({ tenant }: Scope, sessionId: string): void {
    this.#known.delete(JSON.stringify([tenant, sessionId]));
  }

  async #append(
    scope: Scope,
    session: Known,
    append: Append,
    quota: { records: number; bytes: number },
  ): Promise<number> {
    const { tiers, usage } = this.#parts;
    const bytes = append.documents.reduce((sum, document) => sum + sizeOf(document), 0);
    await usage.check(scope.tenant, { records: append.documents.length, bytes }, quota);
    await this.#prolong(scope, append.parent.id, session, append.expiresAt);
    let first: number;
    try {
      ({ first } = await tiers.append(scope.tenant, append));
    } catch (error) {
      if (!(error instanceof VersionConflict) || error.key.kind !== 'session') throw error;
      this.#known.delete(JSON.stringify([scope.tenant, append.parent.id]));
      throw noSession(append.parent.id);
    }
    const counted = append.documents.map((document) => ({ ...document, version: 1, order: 0 }));
    await usage.add(scope.tenant, 'short', counted);
    return first;
  }

  /** From the documents: the answer to a repetition is that to the first request. */
  async #answer(scope: Scope, sessionId: string, ids: readonly string[]): Promise<Appended> {
    const { tiers } = this.#parts;
    const keys = ids.map((id) => ({ kind: 'message' as const, id }));
    const [session, ...messages] = await tiers.getAll(scope.tenant, 'short', [
      { kind: 'session', id: sessionId },
      ...keys,
    ]);
    const found = messages.flatMap((message) => (message === undefined ? [] : [messageOf(message)]));
    const last = found.at(-1);
    if (session === undefined || last === undefined || found.length < ids.length) throw noSession(sessionId);
    return {
      messages: found.map(({ id, sequence, status }) => ({ id, sequence, status })),
      lastSequence: last.sequence,
      expiresAt: instant(session.expiresAt ?? 0),
    };
  }

  async #session(scope: Scope, sessionId: string): Promise<Known> {
    const key = JSON.stringify([scope.tenant, sessionId]);
    const known = this.#known.get(key);
    const now = this.#parts.tiers.now();
    if (known !== undefined && known.until > now) return known;
    const { attributes, body } = await this.#sessions.living(scope, sessionId);
    const { namespace = 'default' } = attributes;
    const { epoch, ttlMilliseconds, lastSequence } = body;
    const same = known?.epoch === epoch ? known.messagesLiveUntil : undefined;
    const messagesLiveUntil =
      lastSequence === 0 ? Number.POSITIVE_INFINITY : (same ?? (await this.#firstEnd(scope, sessionId)));
    const fresh = { epoch, namespace, attributes, ttlMilliseconds, until: now + FRESH, messagesLiveUntil };
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, fresh);
    return fresh;
  }

  /** Every message is written again when the oldest is, so the oldest is the first to end. */
  async #firstEnd(scope: Scope, sessionId: string): Promise<number> {
    const where = { sessionId };
    const query = { kind: 'message', where, direction: 'ascending', limit: 1 } as const;
    const [first] = await this.#parts.tiers.list(scope.tenant, 'short', query);
    return first?.expiresAt ?? Number.POSITIVE_INFINITY;
  }

  async #prolong(scope: Scope, sessionId: string, session: Known, until: number): Promise<void> {
    const end = until + session.ttlMilliseconds;
    if (session.messagesLiveUntil === Number.POSITIVE_INFINITY) {
      session.messagesLiveUntil = end;
      return;
    }
    if (session.messagesLiveUntil >= until) return;
    session.prolonging ??= this.#writeAgain(scope, sessionId, end).finally(() => {
      delete session.prolonging;
    });
    await session.prolonging;
    session.messagesLiveUntil = end;
  }

  /** All of them, so that the first message stays the first to end. */
  async #writeAgain(scope: Scope, sessionId: string, end: number): Promise<void> {
    const { tiers, usage } = this.#parts;
    await tiers.retrying(async () => {
      for await (const page of tiers.walk(scope.tenant, 'short', 'message', { sessionId }, PAGE)) {
        const early = page.filter(({ expiresAt }) => expiresAt !== null && expiresAt < end);
        const later = early.map((old) => ({
          ...old,
          version: old.version + 1,
          expiresAt: end,
          pending: tiers.pending,
        }));
        await tiers.commit(
          scope.tenant,
          'short',
          later.map((put) => ({ put, expect: put.version - 1 })),
        );
        await usage.add(scope.tenant, 'short', early, -1);
        await usage.add(scope.tenant, 'short', later);
      }
    });
  }
}

/** Whether a message is of this session, and not of one of the same id that was deleted before. */
export function belongs(message: Document, session: SessionDocument | undefined): boolean {
  return session !== undefined && message.body.epoch === session.body.epoch;
}
