/** @import { Readiness } from './api-types.ts' */
import { Refused, Unreachable } from './api.js';
import { announce, element } from './dom.js';

export const loading = () => element('p', { class: 'state', 'aria-busy': 'true' }, 'Loading…');

/**
 * There is nothing, and that is all right.
 * @param {string} text
 */
export const empty = (text) => element('p', { class: 'state empty' }, text);

/**
 * What went wrong, in the words of the service, and what can be done.
 * @param {unknown} error
 * @param {(() => void) | undefined} again
 */
export function failure(error, again) {
  const [title, details] = told(error);
  return element(
    'div',
    { class: 'state failure', role: 'alert' },
    element('p', {}, element('strong', {}, title)),
    ...details.map((detail) => element('p', {}, detail)),
    again && element('button', { type: 'button', click: again }, 'Try again'),
  );
}

/**
 * @param {unknown} error
 * @returns {[string, readonly string[]]}
 */
function told(error) {
  if (error instanceof Refused) return [`${error.title} (${error.code})`, [error.message, ...error.mistakes]];
  if (error instanceof Unreachable) return [error.message, ['It may be restarting. What was written is kept.']];
  return ['The page failed', [error instanceof Error ? error.message : String(error)]];
}

/**
 * A notice where an answer lacks what some part would have given.
 * @param {{ partial: boolean, degraded: readonly string[] }} answer
 */
export function completeness({ partial, degraded }) {
  if (!partial && degraded.length === 0) return undefined;
  const what = degraded.length === 0 ? 'A part' : degraded.join(', ');
  const text = `${what} did not answer: ${partial ? 'there may be more than is shown.' : 'nothing is left out by that.'}`;
  return element('p', { class: 'notice', role: 'alert' }, text);
}

/**
 * @template T
 * @typedef {object} Paged
 * @property {readonly T[]} items
 * @property {string | number | null} next null: this is the last page
 * @property {Node | undefined} [notice]
 */

/**
 * A list that grows page by page.
 * @template T
 * @param {object} list
 * @param {string} list.what such as `sessions`, to tell how many there are
 * @param {HTMLElement} list.into
 * @param {(item: T) => Node} list.shown
 * @param {(from: string | number | undefined) => Promise<Paged<T>>} list.load
 * @param {string} list.none what is said where there is nothing at all
 * @returns {Promise<HTMLElement>}
 */
export async function paged({ what, into, shown, load, none }) {
  const [whole, tail] = [element('div'), element('div', { class: 'tail' })];
  let count = 0;
  const add = async (/** @type {string | number | undefined} */ from) => {
    const { items, next, notice } = await load(from);
    const first = items.map(shown);
    into.append(...first);
    count += items.length;
    tail.replaceChildren(...(next === null ? [] : [more(next)]));
    if (notice) whole.prepend(notice);
    announce(`${count} ${what}${next === null ? '' : ', and there are more'}`);
    if (from !== undefined && first[0] instanceof HTMLElement) {
      first[0].tabIndex = -1;
      first[0].focus();
    }
  };
  const more = (/** @type {string | number} */ next) =>
    element(
      'button',
      {
        type: 'button',
        click: async () => {
          tail.replaceChildren(loading());
          await add(next).catch((error) =>
            tail.replaceChildren(failure(error, () => tail.replaceChildren(more(next)))),
          );
        },
      },
      'Load more',
    );
  await add(undefined);
  whole.append(count === 0 ? empty(none) : into, tail);
  return whole;
}

/**
 * @param {Readiness} readiness
 * @returns {string}
 */
export function healthLine({ status, parts }) {
  const down = parts.filter(({ up }) => !up).map(({ part }) => part);
  if (status === 'draining') return 'The service is ending';
  return down.length === 0 ? 'All parts answer' : `Down: ${down.join(', ')}`;
}
