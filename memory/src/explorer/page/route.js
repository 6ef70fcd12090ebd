/** Addresses of the page: all of an address stands after '#', so that no server ever sees what somebody looked for. */

/** @typedef {{ readonly steps: readonly string[], readonly query: URLSearchParams }} Route */

/**
 * @param {string} hash such as `#/sessions/s-1?limit=10`
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s, 2);
  const steps = path.split('/').filter((step) => step !== '');
  return { steps: steps.map(decoded), query: new URLSearchParams(query) };
}

/** @param {string} step */
function decoded(step) {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/**
 * Address of a view, to be put into a link.
 * @param {readonly string[]} steps
 * @param {Readonly<Record<string, string | number | undefined>>} [query] what is empty is left out
 */
export function address(steps, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `#/${steps.map(encodeURIComponent).join('/')}${search.size === 0 ? '' : `?${search}`}`;
}
