import { element } from './dom.js';

const digits = (/** @type {number} */ number) => number.toFixed(4);

/**
 * A score as a bar of its parts, and as the sum that it is.
 * @param {number} score
 * @param {Readonly<Record<string, number>>} parts they add up to the score
 * @param {number} full score of the whole width
 */
export function scoreBar(score, parts, full) {
  const given = Object.entries(parts).filter(([, value]) => value !== 0);
  const sum = Object.values(parts).reduce((total, value) => total + value, 0);
  const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
  for (const [name, value] of given) {
    const piece = element('span', { class: 'piece', 'data-part': name, title: `${name} ${digits(value)}` });
    piece.style.width = `${(100 * value) / full}%`;
    bar.append(piece);
  }
  const terms = given
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, value]) =>
      element(
        'li',
        {},
        element('span', { class: 'key', 'data-part': name }),
        `${name} `,
        element('b', {}, digits(value)),
      ),
    );
  return element(
    'div',
    { class: 'score' },
    bar,
    element('ul', { class: 'terms', 'aria-label': `Score ${digits(score)}, the sum of` }, ...terms),
    Math.abs(sum - score) > 1e-9 &&
      element('p', { class: 'notice' }, `The parts add up to ${digits(sum)}, not to the score.`),
  );
}

/** @param {number} score */
export const scoreNumber = (score) => element('b', { class: 'number' }, digits(score));
