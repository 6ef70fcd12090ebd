/** @import { Readiness, Stats } from '../api-types.ts' */
import { api, readiness } from '../api.js';
import { element, facts } from '../dom.js';
import { recalledText } from '../recalled-text.js';
import { address } from '../route.js';
import { healthLine } from '../states.js';
import { moment } from '../times.js';

const count = new Intl.NumberFormat('en');

/** @param {{ signal: AbortSignal }} view */
export async function overview({ signal }) {
  const [stats, ready] = await Promise.all([api.stats(signal), readiness()]);
  return {
    title: 'Overview',
    content: [
      element('p', { class: ready.status === 'up' ? 'health up' : 'health down', id: 'state' }, healthLine(ready)),
      element('h2', {}, 'Tiers'),
      element('div', { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'Tiers' }, tiers(stats, ready)),
      element('h2', {}, 'What this tenant holds'),
      usage(stats),
      element('h2', {}, 'Search'),
      index(stats, ready),
    ],
  };
}

/**
 * @param {Stats} stats
 * @param {Readiness} ready
 */
function tiers(stats, ready) {
  const rows = Object.entries(stats.tiers).map(([tier, { store, state, memories }]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('a', { href: address(['memories'], { tier }) }, tier)),
      element('td', {}, store),
      element('td', {}, stateMark(state === 'up', since(ready, tier))),
      element('td', { class: 'number' }, memories === null ? 'not known' : count.format(memories)),
    ),
  );
  const heads = ['Tier', 'Store', 'State', 'Memories'].map((name) => element('th', { scope: 'col' }, name));
  return element('table', {}, element('thead', {}, element('tr', {}, ...heads)), element('tbody', {}, ...rows));
}

/**
 * @param {boolean} up
 * @param {string | undefined} from when it went down
 */
function stateMark(up, from) {
  if (up) return element('span', { class: 'up' }, 'answers');
  return element(
    'span',
    { class: 'down' },
    'does not answer',
    from === undefined ? '' : ' since ',
    from && moment(from),
  );
}

/**
 * @param {Readiness} ready
 * @param {string} part
 */
const since = ({ parts }, part) => parts.find((one) => one.part === part)?.since;

/** @param {Stats} stats */
function usage({ tenant, usage: { records, bytes, quota } }) {
  return facts([
    ['Tenant', recalledText(tenant)],
    ['Records', share('Records', records, quota.records, '')],
    ['Bytes', share('Bytes', bytes, quota.bytes, ' B')],
  ]);
}

/**
 * @param {string} label
 * @param {number} held
 * @param {number} most
 * @param {string} unit
 */
function share(label, held, most, unit) {
  const meter = { min: 0, max: most, high: most * 0.9, value: held, 'aria-label': `${label} of the quota` };
  const percent = ((100 * held) / most).toFixed(1);
  const text = `${count.format(held)}${unit} of ${count.format(most)}${unit} (${percent} %)`;
  return element('span', { class: 'share' }, element('meter', meter), ` ${text}`);
}

/**
 * @param {Stats} stats
 * @param {Readiness} ready
 */
function index({ index: { name, state, pending, parked }, embedder }, ready) {
  return facts([
    ['Index', element('span', {}, `${name} `, stateMark(state === 'up', since(ready, 'index')))],
    ['Waiting to be indexed', count.format(pending)],
    ['Given up after errors', count.format(parked)],
    ['Model', embedder === null ? 'none: search by words' : `${embedder.model}, ${embedder.dimensions} dimensions`],
    ['Embedder', embedder === null ? undefined : embedderState(ready)],
  ]);
}

/** @param {Readiness} ready */
function embedderState(ready) {
  const part = ready.parts.find((one) => one.part === 'embedder');
  return stateMark(part?.up === true, part?.since);
}
