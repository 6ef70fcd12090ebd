/** @import { Memory } from './api-types.ts' */
import { api } from './api.js';
import { confirmed, open } from './dialog.js';
import { announce, element, facts } from './dom.js';
import { labelled } from './fields.js';
import { recalledText } from './recalled-text.js';

/**
 * What may be done to a memory.
 * @param {Memory} memory as it was read: only this version is changed
 * @param {{ changed: () => void, gone: () => void }} then
 */
export function changes(memory, { changed, gone }) {
  const button = (/** @type {string} */ label, /** @type {() => Promise<boolean>} */ change, after = changed) =>
    element('button', { type: 'button', click: async () => (await change()) && after() }, label);
  return element(
    'div',
    { class: 'changes', role: 'group', 'aria-label': 'Changes' },
    memory.pinned ? button('Unpin…', () => pin(memory, false)) : button('Pin…', () => pin(memory, true)),
    button('Edit…', () => edit(memory)),
    button('Forget…', () => forget(memory), gone),
  );
}

const which = (/** @type {Memory} */ { text }) => element('blockquote', {}, recalledText(text));
const said = (/** @type {string} */ text) => element('p', {}, text);

/**
 * @param {Memory} memory
 * @param {boolean} pinned
 */
function pin(memory, pinned) {
  const effect = pinned
    ? 'It will neither expire nor be consolidated.'
    : 'It will expire again, as long from now as its tier and namespace say.';
  const verb = pinned ? 'Pin' : 'Unpin';
  return confirmed({
    title: `${verb} this memory?`,
    content: [which(memory), said(effect)],
    action: verb,
    act: async () => {
      await api.pin(memory.id, pinned);
      announce(`${verb}ned.`);
    },
  });
}

/** @param {Memory} memory */
function forget(memory) {
  return confirmed({
    title: 'Forget this memory for good?',
    content: [which(memory), said('It is erased from every tier with its history. Nobody can bring it back.')],
    action: 'Forget',
    isDanger: true,
    act: async () => {
      await api.forget(memory.id, memory.version);
      announce('Forgotten.');
    },
  });
}

/** @typedef {{ text?: string, importance?: number, tags?: string[] }} Edit */

/** @param {Memory} memory */
async function edit(memory) {
  // A text field has no other line ends.
  let values = {
    text: memory.text.replaceAll(/\r\n?/g, '\n'),
    importance: String(memory.importance),
    tags: memory.tags.join(', '),
  };
  const before = values;
  for (;;) {
    const given = await asked(values);
    if (given === undefined) return false;
    values = given;
    const change = difference(before, values);
    if (Object.keys(change).length === 0) return false;
    if (await saved(memory, change)) return true;
  }
}

/**
 * @param {Record<'text' | 'importance' | 'tags', string>} values
 * @returns {Promise<typeof values | undefined>}
 */
async function asked(values) {
  const form = element(
    'form',
    {},
    labelled({ name: 'text', label: 'Text', type: 'textarea', required: true }, values.text),
    labelled(
      { name: 'importance', label: 'Importance, 0 to 1', type: 'number', min: 0, max: 1, step: 'any', required: true },
      values.importance,
    ),
    labelled({ name: 'tags', label: 'Tags', hint: 'With commas between them.' }, values.tags),
    element(
      'div',
      { class: 'submit' },
      element('button', { type: 'submit', class: 'first' }, 'Review…'),
      element('button', { type: 'button', 'data-cancel': true }, 'Cancel'),
    ),
  );
  const value = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | HTMLTextAreaElement} */ (form.elements.namedItem(name)).value;
  if (!(await open('Edit this memory', form, (close) => close()))) return undefined;
  return { text: value('text'), importance: value('importance'), tags: value('tags') };
}

/**
 * Only what was changed is sent.
 * @param {Record<'text' | 'importance' | 'tags', string>} before
 * @param {Record<'text' | 'importance' | 'tags', string>} after
 * @returns {Edit}
 */
function difference(before, after) {
  const tags = after.tags.split(',').map((tag) => tag.trim());
  return {
    ...(after.text !== before.text && { text: after.text }),
    ...(after.importance !== before.importance && { importance: Number(after.importance) }),
    ...(after.tags !== before.tags && { tags: tags.filter((tag) => tag !== '') }),
  };
}

/**
 * @param {Memory} memory
 * @param {Edit} change
 */
function saved(memory, change) {
  const shown = (/** @type {unknown} */ value) => recalledText(Array.isArray(value) ? value.join(', ') : String(value));
  const names = /** @type {readonly (keyof Edit)[]} */ (Object.keys(change));
  return confirmed({
    title: 'Save this change?',
    content: [
      facts(
        names.flatMap((name) => [
          /** @type {const} */ ([`${name} was`, shown(memory[name])]),
          /** @type {const} */ ([`${name} will be`, shown(change[name])]),
        ]),
      ),
      said(`It makes version ${memory.version + 1} of it; the history keeps this one.`),
    ],
    action: 'Save',
    act: async () => {
      await api.edit(memory.id, memory.version, change);
      announce('Saved.');
    },
  });
}
