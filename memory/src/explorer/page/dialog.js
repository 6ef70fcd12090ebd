import { element } from './dom.js';
import { failure } from './states.js';

/**
 * Asks before something is done, and does it; what the service says against it is shown, and nothing was done then.
 * @param {object} question
 * @param {string} question.title
 * @param {readonly Node[]} question.content what will be, in words
 * @param {string} question.action what the button says
 * @param {boolean} [question.isDanger] it cannot be taken back
 * @param {() => Promise<unknown>} question.act
 * @returns {Promise<boolean>} whether it was done
 */
export function confirmed({ title, content, action, isDanger = false, act }) {
  const problem = element('div');
  const yes = element('button', { type: 'submit', class: isDanger ? 'danger' : 'first' }, action);
  const form = element(
    'form',
    {},
    ...content,
    problem,
    element('div', { class: 'submit' }, yes, element('button', { type: 'button', 'data-cancel': true }, 'Cancel')),
  );
  return open(title, form, async (close) => {
    yes.disabled = true;
    try {
      await act();
      close();
    } catch (error) {
      yes.disabled = false;
      problem.replaceChildren(failure(error, undefined));
    }
  });
}

/**
 * A dialog with a form; Escape and Cancel leave it, and whoever opened it has the focus again.
 * @param {string} title
 * @param {HTMLFormElement} form
 * @param {(close: () => void) => unknown} submit
 * @returns {Promise<boolean>} false: it was left
 */
export function open(title, form, submit) {
  const { promise, resolve } = /** @type {PromiseWithResolvers<boolean>} */ (Promise.withResolvers());
  const heading = element('h2', { id: 'dialog-title' }, title);
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, heading, form);
  let done = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(() => {
      done = true;
      dialog.close();
    });
  });
  form.querySelector('[data-cancel]')?.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(done);
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}

/** Leaves whatever asks something. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}
