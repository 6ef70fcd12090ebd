/** Entry of the page: which view an address names, who looks, and how the service is. */
import { Refused, readiness } from './api.js';
import { closeDialogs } from './dialog.js';
import { byId, element, nodes } from './dom.js';
import { address, parseRoute } from './route.js';
import { signIn } from './sign-in.js';
import { failure, healthLine, loading } from './states.js';
import { startCounting } from './times.js';
import { dropToken, heldToken, redeemLink } from './token.js';
import { context } from './views/context.js';
import { memories } from './views/memories.js';
import { memory } from './views/memory.js';
import { overview } from './views/overview.js';
import { search } from './views/search.js';
import { session, sessions } from './views/sessions.js';

/**
 * @typedef {object} Shown
 * @property {import('./dom.js').Child | readonly import('./dom.js').Child[]} title
 * @property {readonly import('./dom.js').Child[]} content
 */
/** @typedef {{ id: string, query: URLSearchParams, signal: AbortSignal, isWritable: boolean, again: () => void }} View */

/** @type {Readonly<Record<string, (view: View) => Promise<Shown>>>} */
const lists = { '': overview, sessions, memories, search, context };
/** @type {Readonly<Record<string, (view: View) => Promise<Shown>>>} */
const ones = { sessions: session, memories: memory };
const names = { '': 'Overview', sessions: 'Sessions', memories: 'Memories', search: 'Search', context: 'Context' };

/** Milliseconds between two looks at the health of the service. */
const LOOK_EVERY = 10_000;

const main = byId('main');
const isWritable = document.documentElement.dataset.mode === 'writable';
let showing = new AbortController();

/** @param {{ focus: boolean }} how */
async function show({ focus }) {
  showing.abort();
  showing = new AbortController();
  const { signal } = showing;
  closeDialogs();
  const { steps, query } = parseRoute(location.hash);
  const [name = '', id] = steps;
  mark(name);
  byId('leave').hidden = heldToken() === null;
  if (heldToken() === null) return ask(undefined);
  const view = steps.length > 2 ? undefined : id === undefined ? lists[name] : ones[name];
  if (view === undefined) {
    return fill('Nothing is here', [element('p', {}, 'This address names no view of the explorer.')], focus);
  }
  const again = () => void show({ focus: true });
  fill(names[/** @type {keyof typeof names} */ (name)], [loading()], focus);
  try {
    const { title, content } = await view({ id: id ?? '', query, signal, isWritable, again });
    if (!signal.aborted) fill(title, content, focus);
  } catch (error) {
    // A token that is refused is asked for by `tokenrefused`.
    if (signal.aborted || (error instanceof Refused && error.status === 401)) return;
    fill(names[/** @type {keyof typeof names} */ (name)], [failure(error, again)], focus);
  }
}

/**
 * @param {Shown['title']} title
 * @param {Shown['content']} content
 * @param {boolean} focus
 */
function fill(title, content, focus) {
  const heading = element('h1', { tabindex: -1 }, ...(Array.isArray(title) ? title : [title]));
  main.replaceChildren(heading, ...nodes(content));
  document.title = `${heading.textContent} · Memory explorer`;
  if (focus) heading.focus();
}

/** @param {string | undefined} why */
function ask(why) {
  byId('leave').hidden = true;
  fill('Who are you?', [signIn(why, () => void show({ focus: true }))], false);
  byId('token').focus();
}

/** @param {string} name of the view that is shown */
function mark(name) {
  const links = Object.entries(names).map(([one, text]) =>
    element('a', { href: address(one === '' ? [] : [one]), 'aria-current': one === name ? 'page' : undefined }, text),
  );
  byId('views').replaceChildren(...links);
}

async function look() {
  const shown = byId('health');
  const before = shown.textContent;
  const ready = await readiness().catch(() => undefined);
  const isUp = ready?.status === 'up';
  shown.className = isUp ? 'health up' : 'health down';
  shown.textContent = ready === undefined ? 'The service does not answer' : healthLine(ready);
  const isNew = before !== '' && before !== shown.textContent;
  if (isNew && heldToken() !== null && parseRoute(location.hash).steps.length === 0) void show({ focus: false });
}

addEventListener('hashchange', () => void show({ focus: true }));
addEventListener('tokenrefused', () => {
  showing.abort();
  closeDialogs();
  ask('The token is not valid, or not any more. Give another one: you come back to where you were.');
});
byId('leave').addEventListener('click', () => {
  dropToken();
  void show({ focus: false });
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
  // The address is that of the view.
  event.preventDefault();
  main.focus();
});

byId('mode').textContent = isWritable ? 'writable' : 'read-only';
startCounting();
const refused = await redeemLink();
if (refused === undefined) await show({ focus: false });
else if (heldToken() === null) ask(refused);
else await show({ focus: false });
await look();
setInterval(() => {
  if (!document.hidden) void look();
}, LOOK_EVERY);
