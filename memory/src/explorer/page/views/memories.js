import { api } from '../api.js';
import { element } from '../dom.js';
import { addressForm, tierOptions } from '../fields.js';
import { memoryItem } from '../record.js';
import { address } from '../route.js';
import { completeness, paged } from '../states.js';

/** @type {readonly import('../fields.js').Field[]} */
const fields = [
  // Chosen by the links above the form.
  { name: 'tier', label: 'Tier', type: 'hidden' },
  { name: 'subjectId', label: 'Subject' },
  { name: 'namespace', label: 'Namespace' },
  {
    name: 'status',
    label: 'Status',
    options: [
      ['', 'active'],
      ['quarantined', 'quarantined'],
      ['superseded', 'superseded'],
    ],
  },
  {
    name: 'type',
    label: 'Type',
    options: [
      ['', 'all'],
      ...['episodic', 'semantic', 'procedural', 'preference', 'profile', 'working'].map(
        (type) => /** @type {const} */ ([type, type]),
      ),
    ],
  },
];

/** @param {{ query: URLSearchParams, signal: AbortSignal }} view */
export async function memories({ query, signal }) {
  const given = Object.fromEntries(query);
  const list = await paged({
    what: 'memories',
    into: element('ul', { class: 'records', 'aria-label': 'Memories, newest first' }),
    shown: (/** @type {import('../api-types.ts').Memory} */ memory) => memoryItem(memory),
    load: async (cursor) => {
      const page = await api.memories({ ...given, cursor }, signal);
      return { items: page.memories, next: page.next, notice: completeness(page) };
    },
    none: 'There is no such memory.',
  });
  const tabs = tierOptions.map(([tier, name]) => {
    const current = (query.get('tier') ?? '') === tier ? 'page' : undefined;
    return element('a', { href: address(['memories'], { ...given, tier }), 'aria-current': current }, name);
  });
  return {
    title: 'Memories',
    content: [
      element('nav', { class: 'tabs', 'aria-label': 'Tiers' }, ...tabs),
      addressForm({
        label: 'Filter memories',
        steps: ['memories'],
        query,
        fields,
        submit: 'Filter',
      }),
      list,
    ],
  };
}
