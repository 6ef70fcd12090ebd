/** @import { Session } from '../api-types.ts' */
import { api } from '../api.js';
import { element, facts } from '../dom.js';
import { addressForm } from '../fields.js';
import { recalledText } from '../recalled-text.js';
import { messageItem } from '../record.js';
import { address } from '../route.js';
import { paged } from '../states.js';
import { life, moment } from '../times.js';

/** @param {{ query: URLSearchParams, signal: AbortSignal }} view */
export async function sessions({ query, signal }) {
  const list = await paged({
    what: 'sessions',
    into: element('ul', { class: 'records', 'aria-label': 'Sessions, newest first' }),
    shown: sessionItem,
    load: async (cursor) => {
      const page = await api.sessions({ ...Object.fromEntries(query), cursor }, signal);
      return { items: page.sessions, next: page.next };
    },
    none: 'No session lives here. A session ends when nobody has used it for as long as the short tier keeps it.',
  });
  const fields = [
    { name: 'namespace', label: 'Namespace' },
    { name: 'subjectId', label: 'Subject' },
    { name: 'agentId', label: 'Agent' },
  ];
  const form = addressForm({ label: 'Filter sessions', steps: ['sessions'], query, fields, submit: 'Filter' });
  return { title: 'Sessions', content: [form, list] };
}

/** @param {Session} session */
function sessionItem({ id, subjectId, agentId, namespace, lastSequence, updatedAt, expiresAt }) {
  return element(
    'li',
    { class: 'record' },
    element('p', { class: 'text' }, element('a', { href: address(['sessions', id]) }, recalledText(id))),
    element(
      'p',
      { class: 'about' },
      element('span', { class: 'number' }, `${lastSequence} ${lastSequence === 1 ? 'message' : 'messages'}`),
      subjectId !== undefined && element('span', {}, 'of ', recalledText(subjectId)),
      agentId !== undefined && element('span', {}, 'with ', recalledText(agentId)),
      namespace !== 'default' && element('span', {}, `in ${namespace}`),
      moment(updatedAt),
      life(expiresAt),
    ),
  );
}

/** @param {{ id: string, signal: AbortSignal }} view */
export async function session({ id, signal }) {
  const found = await api.session(id, signal);
  const { subjectId, agentId, namespace, metadata, createdAt, updatedAt, expiresAt } = found;
  const list = await paged({
    what: 'messages',
    into: element('ol', { class: 'records', 'aria-label': 'Messages in order' }),
    shown: (/** @type {import('../api-types.ts').Message} */ message) => messageItem(message),
    load: async (after) => {
      const { messages, lastSequence } = await api.messages(id, { after }, signal);
      const last = messages.at(-1)?.sequence ?? lastSequence;
      return { items: messages, next: last < lastSequence ? last : null };
    },
    none: 'Nothing has been said in it yet.',
  });
  return {
    title: ['Session ', recalledText(id)],
    content: [
      facts([
        ['Life', life(expiresAt)],
        ['Subject', subjectId && recalledText(subjectId)],
        ['Agent', agentId && recalledText(agentId)],
        ['Namespace', namespace],
        ['Begun', moment(createdAt)],
        ['Used', moment(updatedAt)],
        ['Metadata', Object.keys(metadata).length > 0 && element('code', {}, recalledText(JSON.stringify(metadata)))],
      ]),
      element('p', {}, element('a', { href: address(['context'], { sessionId: id }) }, 'Assemble a context from it')),
      element('h2', {}, 'Messages'),
      list,
    ],
  };
}
