/** @import { Hit } from '../api-types.ts' */
import { api } from '../api.js';
import { announce, element } from '../dom.js';
import { addressForm, tierOptions } from '../fields.js';
import { memoryItem, messageItem } from '../record.js';
import { scoreBar, scoreNumber } from '../score.js';
import { completeness, empty } from '../states.js';

/** @type {readonly import('../fields.js').Field[]} */
const fields = [
  { name: 'q', label: 'Question or words', type: 'search', required: true, wide: true },
  {
    name: 'mode',
    label: 'Mode',
    options: [
      ['', 'hybrid'],
      ['lexical', 'lexical'],
      ['vector', 'vector'],
    ],
  },
  { name: 'tier', label: 'Tier', options: tierOptions },
  { name: 'subjectId', label: 'Subject' },
  { name: 'namespace', label: 'Namespace' },
  { name: 'limit', label: 'Hits', type: 'number', min: 1, max: 100, fallback: '10' },
];

/** @param {{ query: URLSearchParams, signal: AbortSignal }} view */
export async function search({ query, signal }) {
  const form = addressForm({ label: 'Search', steps: ['search'], query, fields, submit: 'Search' });
  const asked = query.get('q') ?? '';
  if (asked === '') return { title: 'Search', content: [form] };
  const [mode, tier, subjectId, namespace] = ['mode', 'tier', 'subjectId', 'namespace'].map((name) => query.get(name));
  const found = await api.search(
    {
      query: asked,
      explain: true,
      limit: Number(query.get('limit') ?? 10),
      ...(mode && { mode }),
      ...(tier && { tiers: [tier] }),
      filters: { ...(subjectId && { subjectIds: [subjectId] }), ...(namespace && { namespaces: [namespace] }) },
    },
    signal,
  );
  announce(`${found.hits.length} hits`);
  const best = Math.max(...found.hits.map(({ score }) => score), Number.MIN_VALUE);
  const hits = found.hits.map((hit) => hitItem(hit, best));
  const done = `${hits.length} hits, best first, searched by ${wordsOf(found.mode)} in ${found.tiers.join(', ')}. The longest bar is the best score.`;
  return {
    title: 'Search',
    content: [
      form,
      completeness(found),
      hits.length === 0 ? empty('Nothing is found.') : element('p', { class: 'quiet' }, done),
      element('ol', { class: 'records hits', 'aria-label': 'Hits' }, ...hits),
    ],
  };
}

/** @param {'lexical' | 'vector' | 'hybrid'} mode */
const wordsOf = (mode) => ({ lexical: 'words', vector: 'meaning', hybrid: 'words and meaning' })[mode];

/**
 * @param {Hit} hit
 * @param {number} best
 */
function hitItem({ memory, message, score, parts = {} }, best) {
  const shown = element('div', { class: 'scored' }, scoreNumber(score), scoreBar(score, parts, best));
  if (memory !== undefined) return memoryItem(memory, shown);
  if (message !== undefined) return messageItem(message, shown);
  throw new TypeError('a hit is neither a memory nor a message');
}
