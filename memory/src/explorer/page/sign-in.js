import { element } from './dom.js';
import { holdToken } from './token.js';

/**
 * Asks for a token.
 * @param {string | undefined} why there is none that is good
 * @param {() => void} done
 */
export function signIn(why, done) {
  const problem = element('p', { class: 'notice', id: 'token-problem', role: 'alert', hidden: why === undefined }, why);
  const input = element('input', {
    ...{ id: 'token', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false' },
    'aria-describedby': 'token-hint token-problem',
  });
  const form = element(
    'form',
    { class: 'sign-in' },
    problem,
    element('label', { for: 'token' }, 'Token'),
    input,
    element(
      'p',
      { class: 'quiet', id: 'token-hint' },
      'On one machine: what is in the token file that the log names, or open the link of the log. In a cluster: a token of its issuer with the scope memory:read. This tab alone keeps it, until it is closed.',
    ),
    element('button', { type: 'submit', class: 'first' }, 'Open'),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim().replace(/^bearer\s+/i, '');
    if (/^[\w.~+/=-]+$/.test(token)) {
      holdToken(token);
      done();
      return;
    }
    problem.textContent = 'That is no token: a token has letters, digits and . ~ + / = _ - alone.';
    problem.hidden = false;
    input.focus();
  });
  return form;
}
