/** @import { Assembled, Traced } from '../api-types.ts' */
import { api } from '../api.js';
import { announce, element } from '../dom.js';
import { addressForm } from '../fields.js';
import { recalledText } from '../recalled-text.js';
import { address } from '../route.js';
import { scoreBar, scoreNumber } from '../score.js';
import { completeness, empty } from '../states.js';

/** Messages of a session that the service considers. */
const RECENT = 200;

/** @type {readonly import('../fields.js').Field[]} */
const fields = [
  { name: 'q', label: 'Question', type: 'search', hint: 'Without one: the last message of the session.', wide: true },
  { name: 'sessionId', label: 'Session' },
  { name: 'subjectId', label: 'Subject' },
  { name: 'maxTokens', label: 'Tokens at most', type: 'number', min: 16, max: 200_000, fallback: '1024' },
  {
    name: 'encoding',
    label: 'Tokenizer',
    options: [
      ['', 'o200k_base'],
      ['cl100k_base', 'cl100k_base'],
    ],
  },
];

/** @param {{ query: URLSearchParams, signal: AbortSignal }} view */
export async function context({ query, signal }) {
  const form = addressForm({ label: 'Assemble', steps: ['context'], query, fields, submit: 'Assemble' });
  const [asked, sessionId, subjectId, encoding] = ['q', 'sessionId', 'subjectId', 'encoding'].map((name) =>
    query.get(name),
  );
  if (!asked && !sessionId) return { title: 'Context', content: [form] };
  const made = await api.context(
    {
      ...(asked && { query: asked }),
      ...(sessionId && { sessionId }),
      ...(encoding && { encoding }),
      filters: subjectId ? { subjectIds: [subjectId] } : {},
      maxTokens: Number(query.get('maxTokens') ?? 1024),
    },
    signal,
  );
  const known = await knownTexts({ asked, sessionId, subjectId, signal });
  const [taken, cut] = [made.trace.filter(({ included }) => included), made.trace.filter(({ included }) => !included)];
  announce(`${made.tokens} of ${made.maxTokens} tokens; ${taken.length} things taken, ${cut.length} cut`);
  return {
    title: 'Context',
    content: [
      form,
      completeness(made),
      budget(made),
      element('h2', {}, 'The text'),
      made.text === ''
        ? empty('Nothing fits the budget, or nothing is known.')
        : element('pre', { tabindex: 0, role: 'region', 'aria-label': 'The text' }, recalledText(made.text)),
      element('h2', {}, `Taken (${taken.length})`),
      traceList(taken, known, 'Taken', 'Nothing was taken.'),
      element('h2', {}, `Cut (${cut.length})`),
      traceList(cut, known, 'Cut', 'Nothing was cut.'),
    ],
  };
}

/** @param {Assembled} made */
function budget({ tokens, maxTokens, encoding, blocks }) {
  const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
  for (const { section, tokens: own } of blocks) {
    const piece = element('span', { class: 'piece', 'data-section': section, title: `${section} ${own}` });
    piece.style.width = `${(100 * own) / maxTokens}%`;
    bar.append(piece);
  }
  const terms = blocks.map(({ section, tokens: own }) =>
    element('li', {}, element('span', { class: 'key', 'data-section': section }), `${section} `, element('b', {}, own)),
  );
  return element(
    'div',
    { class: 'scored' },
    element('p', {}, element('b', {}, `${tokens} of ${maxTokens} tokens`), ` by ${encoding}`),
    bar,
    element('ul', { class: 'terms', 'aria-label': 'Tokens by section' }, ...terms),
  );
}

/** @typedef {ReadonlyMap<string, { text: string, href: string }>} Known */

/**
 * What the ids of a trace stand for: the trace itself has no text. What cannot be found is shown by its id alone.
 * @param {{ asked: string | null | undefined, sessionId: string | null | undefined, subjectId: string | null | undefined, signal: AbortSignal }} what
 * @returns {Promise<Known>}
 */
async function knownTexts({ asked, sessionId, subjectId, signal }) {
  /** @type {Map<string, { text: string, href: string }>} */
  const known = new Map();
  try {
    const session = sessionId ? await api.session(sessionId, signal) : undefined;
    const after = Math.max(0, (session?.lastSequence ?? 0) - RECENT);
    const recent = session ? (await api.messages(session.id, { after, limit: RECENT }, signal)).messages : [];
    for (const { id, content } of recent) {
      known.set(id, { text: content, href: address(['sessions', sessionId ?? '']) });
    }
    const subject = subjectId || session?.subjectId;
    const filters = subject === undefined ? {} : { subjectIds: [subject] };
    const { hits } = await api.search({ query: asked || recent.at(-1)?.content, limit: 100, filters }, signal);
    for (const { memory, message } of hits) {
      if (memory) known.set(memory.id, { text: memory.text, href: address(['memories', memory.id]) });
      if (message) known.set(message.id, { text: message.content, href: address(['sessions', message.sessionId]) });
    }
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return known;
}

/**
 * @param {readonly Traced[]} entries
 * @param {Known} known
 * @param {string} label
 * @param {string} none
 */
function traceList(entries, known, label, none) {
  if (entries.length === 0) return empty(none);
  const best = Math.max(...entries.map(({ score = 0 }) => score), Number.MIN_VALUE);
  return element(
    'ol',
    { class: 'records trace', 'aria-label': label },
    ...entries.map((entry) => traced(entry, known, best)),
  );
}

/**
 * @param {Traced} entry
 * @param {Known} known
 * @param {number} best
 */
function traced({ id, section, tokens, score, parts, why }, known, best) {
  const found = known.get(id);
  return element(
    'li',
    { class: 'record' },
    found && element('p', { class: 'text' }, recalledText(found.text)),
    element('p', { class: 'why' }, recalledText(why)),
    score !== undefined &&
      element('div', { class: 'scored' }, scoreNumber(score), parts && scoreBar(score, parts, best)),
    element(
      'p',
      { class: 'about' },
      element('span', { class: 'tag' }, section),
      element('span', { class: 'number' }, `${tokens} tokens`),
      found ? element('a', { href: found.href }, id) : recalledText(id),
    ),
  );
}
