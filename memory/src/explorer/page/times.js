import { element } from './dom.js';

/** Milliseconds by which the service's clock is ahead of this browser's; known from its answers, to a second. */
let ahead = 0;

/** @param {string | null} date header Date of an answer */
export function heard(date) {
  const told = Date.parse(date ?? '');
  // An answer is on its way for less than this, and the header has whole seconds.
  if (Number.isFinite(told) && Math.abs(told - Date.now() - ahead) > 2000) ahead = told - Date.now();
}

/**
 * An instant, to the second, in UTC as logs have it.
 * @param {string} instant RFC 3339
 */
export function moment(instant) {
  const shown = new Date(instant).toISOString();
  return element('time', { datetime: instant }, `${shown.slice(0, 10)} ${shown.slice(11, 19)} UTC`);
}

/**
 * How long something still lives; it counts down while it is shown.
 * @param {string | null} expiresAt RFC 3339; null: for ever
 */
export function life(expiresAt) {
  if (expiresAt === null) return element('span', { class: 'life' }, 'lives for ever');
  const shown = element('time', { class: 'life', datetime: expiresAt, title: `until ${expiresAt}` });
  count(shown);
  return shown;
}

/** From now on, lives that are shown count down. */
export function startCounting() {
  setInterval(() => {
    if (document.hidden) return;
    for (const one of document.querySelectorAll('time.life')) count(/** @type {HTMLTimeElement} */ (one));
  }, 1000);
}

/** @param {HTMLTimeElement} shown */
function count(shown) {
  const seconds = Math.floor((Date.parse(shown.dateTime) - Date.now() - ahead) / 1000);
  shown.textContent = seconds < 0 ? 'expired' : `${duration(seconds)} left`;
  shown.classList.toggle('ending', seconds < 300);
}

/**
 * The two largest units, such as `2 d 3 h` or `4 min 09 s`.
 * @param {number} seconds whole, not negative
 */
export function duration(seconds) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days} d ${(hours ?? 0) % 24} h`;
  if (hours) return `${hours} h ${two((minutes ?? 0) % 60)} min`;
  if (minutes) return `${minutes} min ${two(seconds % 60)} s`;
  return `${seconds} s`;
}
