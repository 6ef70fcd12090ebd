/** The token of whoever looks: of this tab alone, and gone with it. */

const KEY = 'memory-explorer-token';

/** @returns {string | null} */
export const heldToken = () => sessionStorage.getItem(KEY);
/** @param {string} token */
export const holdToken = (token) => sessionStorage.setItem(KEY, token);
export const dropToken = () => sessionStorage.removeItem(KEY);

/**
 * Where the page was opened by a link of the service's log: takes the code out of the address, and the token for it.
 * @returns {Promise<string | undefined>} why there is no token; undefined: there is one, or nobody asked for it
 */
export async function redeemLink() {
  const [, code] = /^#open=([\w-]+)$/.exec(location.hash) ?? [];
  if (code === undefined) return undefined;
  history.replaceState(null, '', '/explorer');
  const response = await fetch('/explorer/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  }).catch(() => undefined);
  if (response === undefined) return 'The service does not answer.';
  if (!response.ok) return 'The link was used already, or is too old. Give the token itself.';
  const { token } = await response.json();
  holdToken(token);
  return undefined;
}
