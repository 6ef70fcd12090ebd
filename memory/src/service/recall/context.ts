import type * as z from 'zod';
import { Refusal } from '../../api/errors.ts';
import type { assembled } from '../../api/search.ts';
import type { Answer, Input, Scope } from '../../api/service.ts';
import { scan } from '../../guard/scan.ts';
import type { Document } from '../../stores/store.ts';
import { instant } from '../records/canonical.ts';
import { belongs } from '../sessions/messages.ts';
import { type SessionDocument, sessionDocument } from '../sessions/record.ts';
import { noSession } from '../sessions/sessions.ts';
import { subjectKey } from '../subjects/record.ts';
import { unavailable } from '../tiers/tiers.ts';
import type { Degraded } from './candidates.ts';
import { MemoriesSection } from './memories-section.ts';
import { asked } from './question.ts';
import type { RankedDocument, RecallParts, Search } from './search.ts';
import { type Item, Section } from './section.ts';
import { countTokens } from './tokens.ts';

type ContextBody = Input<'assembleContext'>['body'];
type Assembled = z.output<typeof assembled>;

/** Messages of the session that are considered, the newest. */
const RECENT = 200;
const TOO_LONG = 'With it the whole would be longer than the budget.';

/** Builds what goes into a prompt: fenced, within the budget to the token, and with a reason for each thing that is in or cut. */
export class ContextAssembly {
  readonly #parts: RecallParts;
  readonly #search: Search;

  constructor(parts: RecallParts, search: Search) {
    this.#parts = parts;
    this.#search = search;
  }

  async assemble(
    scope: Scope,
    { body, consistencyToken, traceId }: Input<'assembleContext'>,
  ): Promise<Answer<Assembled>> {
    const { signer, tiers } = this.#parts;
    const degraded = new Set<Degraded>();
    const session = await this.#session(scope, body);
    const recent = session === undefined ? [] : await this.#recent(scope, session);
    const query = body.query ?? String(recent[0]?.body.text ?? '');
    if (query === '') {
      throw new Refusal('invalid-request', 'There is nothing to look for.', {
        mistakes: [
          {
            pointer: '/query',
            given: 'none, and no session with a message',
            allowed: 'a question, or a session whose last message is one',
          },
        ],
      });
    }
    const subject = session?.attributes.subjectId;
    const { filters } = body;
    const about = filters.subjectIds ?? (subject === undefined ? undefined : [subject]);
    const what = asked(
      scope,
      { query, mode: 'hybrid', filters: { ...filters, ...(about && { subjectIds: about }) } },
      tiers.now(),
    );
    const recall = await this.#search.recall(what, signer.consistency(scope, consistencyToken));
    for (const part of recall.degraded) degraded.add(part);
    const profile = await this.#profile(scope, about ?? [], degraded);

    const shown = new Set(recent.map(({ id }) => id));
    const memories = recall.hits.filter(({ document }) => !shown.has(document.id));
    const { sections, included } = fill(body, { profile, recent, memories });
    const blocks = sections.flatMap(({ block }) => (block === undefined ? [] : [block]));
    const text = joined(sections);
    this.#search.hand(
      what,
      memories.filter(({ document }) => included.has(document.id)),
      'assembleContext',
      traceId,
    );
    return {
      body: {
        text,
        tokens: text === '' ? 0 : countTokens(text, body.encoding),
        maxTokens: body.maxTokens,
        encoding: body.encoding,
        blocks,
        trace: sections.flatMap(({ trace }) => trace),
        partial: [...degraded].some((part) => part !== 'embedder'),
        degraded: [...degraded],
      },
    };
  }

  async #session(scope: Scope, { sessionId }: ContextBody): Promise<SessionDocument | undefined> {
    if (sessionId === undefined) return undefined;
    const { value, down } = await this.#parts.tiers.each(['short'], (tier) =>
      this.#parts.tiers.get(scope.tenant, tier, { kind: 'session', id: sessionId }),
    );
    if (down.length > 0) throw unavailable(down);
    const [found] = value;
    if (found === undefined) throw noSession(sessionId);
    return sessionDocument(found);
  }

  /** Newest first. */
  async #recent(scope: Scope, session: SessionDocument): Promise<readonly Document[]> {
    const messages = await this.#parts.tiers.list(scope.tenant, 'short', {
      kind: 'message',
      where: { sessionId: session.id },
      direction: 'descending',
      limit: RECENT,
    });
    return messages.filter((one) => belongs(one, session) && one.attributes.status !== 'quarantined');
  }

  async #profile(scope: Scope, subjects: readonly string[], degraded: Set<Degraded>): Promise<readonly Item[]> {
    const kinds = ['profile', 'preferences'] as const;
    const keys = subjects.flatMap((subject) => kinds.map((kind) => subjectKey(subject, kind)));
    const { value, down } = await this.#parts.tiers.each(keys.length > 0 ? ['long'] : [], (tier) =>
      this.#parts.tiers.getAll(scope.tenant, tier, keys),
    );
    if (down.length > 0) degraded.add('long');
    return value.flat().flatMap((document, order): Item[] => {
      if (document === undefined) return [];
      return Object.entries(document.body.value as Record<string, unknown>).flatMap(([name, given], index): Item[] => {
        const line = `${document.body.name} of ${document.attributes.subjectId}: ${name} = ${JSON.stringify(given)}`;
        // Unlike memories, profiles have no quarantine: what looks dangerous is left out here.
        if (scan(line).length > 0) return [];
        return [
          { id: `${document.id} ${name}`, line, order: order * 1000 + index, why: 'It is known of the subject.' },
        ];
      });
    });
  }
}

function fill(
  { maxTokens, encoding, sections: shares }: ContextBody,
  {
    profile,
    recent,
    memories,
  }: {
    readonly profile: readonly Item[];
    readonly recent: readonly Document[];
    readonly memories: readonly RankedDocument[];
  },
): { readonly sections: readonly (Section | MemoriesSection)[]; readonly included: ReadonlySet<string> } {
  const parts = {
    profile: new Section('profile', encoding, { section: 'profile' }),
    messages: new Section('messages', encoding, { section: 'messages' }),
    memories: new MemoriesSection(memories, encoding),
  };
  const sections = [parts.profile, parts.messages, parts.memories];
  const total = Math.max(1, shares.profile + shares.messages + shares.memories);
  const share = (name: keyof typeof shares) => Math.floor((maxTokens * shares[name]) / total);
  const left = () => maxTokens - sections.reduce((sum, { tokens }) => sum + tokens, 0);
  parts.profile.fill(profile, share('profile'));
  parts.messages.fill(recent.map(messageItem), share('messages'));
  parts.memories.fill(shares.memories > 0 ? left() : 0);
  if (shares.messages > 0) parts.messages.refill(left());
  if (shares.profile > 0) parts.profile.refill(left());
  // Tokens of a whole are not always the sum of its parts: the blocks are joined by line breaks.
  for (;;) {
    const over = countTokens(joined(sections), encoding) - maxTokens;
    if (over <= 0) break;
    if (parts.memories.tokens > 0) parts.memories.fill(parts.memories.tokens - over);
    else if (!parts.messages.drop(TOO_LONG) && !parts.profile.drop(TOO_LONG)) break;
  }
  const included = sections.flatMap(({ trace }) => trace.filter((one) => one.included).map(({ id }) => id));
  return { sections, included: new Set(included) };
}

function joined(sections: readonly (Section | MemoriesSection)[]): string {
  return sections.flatMap(({ block }) => (block === undefined ? [] : [block.text])).join('\n\n');
}

function messageItem({ id, order, body }: Document): Item {
  const who = body.speaker === undefined ? body.role : `${body.speaker} (${body.role})`;
  return {
    id,
    order,
    line: `${dayOf(Number(body.at))} ${who}: ${body.text}`,
    why: 'It is one of the latest messages.',
  };
}

/** Of UTC: a time of day costs tokens, and an answer seldom needs it. Ids are in the trace. */
function dayOf(at: number): string {
  return instant(at).slice(0, 10);
}
