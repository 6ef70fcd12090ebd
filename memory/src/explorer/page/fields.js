import { element } from './dom.js';
import { address } from './route.js';

/**
 * @typedef {object} Field
 * @property {string} name of the query
 * @property {string} label
 * @property {string} [type] of an input; text, where not given
 * @property {readonly (readonly [value: string, text: string])[]} [options] makes it a choice
 * @property {string} [hint]
 * @property {number} [min]
 * @property {number} [max]
 * @property {number | 'any'} [step]
 * @property {boolean} [required]
 * @property {string} [fallback] where the address does not say
 * @property {boolean} [wide]
 */

/**
 * A form whose fields are the query of an address: to send it is to go there, so that every result can be shared.
 * @param {object} form
 * @param {string} form.label
 * @param {readonly string[]} form.steps
 * @param {URLSearchParams} form.query
 * @param {readonly Field[]} form.fields
 * @param {string} form.submit
 */
export function addressForm({ label, steps, query, fields, submit }) {
  const form = element(
    'form',
    { 'aria-label': label, class: 'fields', role: 'search' },
    ...fields.map((field) => labelled(field, query.get(field.name) ?? field.fallback ?? '')),
    element('div', { class: 'submit' }, element('button', { type: 'submit', class: 'first' }, submit)),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    const goal = address(steps, given);
    // The same again is asked again.
    if (goal === location.hash) dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = goal;
  });
  return form;
}

/**
 * @param {Field} field
 * @param {string} value
 */
export function labelled(field, value) {
  if (field.type === 'hidden') return control(field, value, {});
  const id = `field-${field.name}`;
  const hint = field.hint === undefined ? undefined : element('small', { id: `${id}-hint` }, field.hint);
  return element(
    'div',
    { class: field.wide ? 'field wide' : 'field' },
    element('label', { for: id }, field.label),
    control(field, value, { id, 'aria-describedby': hint?.id }),
    hint,
  );
}

/**
 * @param {Field} field
 * @param {string} value
 * @param {Record<string, string | undefined>} attributes
 */
function control({ name, type = 'text', options, min, max, step, required }, value, attributes) {
  if (options !== undefined) {
    const shown = options.map(([key, text]) => element('option', { value: key, selected: key === value }, text));
    return element('select', { ...attributes, name }, ...shown);
  }
  if (type === 'textarea') return element('textarea', { ...attributes, name, rows: 6, required }, value);
  return element('input', { ...attributes, name, type, min, max, step, required, value, autocomplete: 'off' });
}

/** @type {readonly (readonly [string, string])[]} */
export const tierOptions = [
  ['', 'all'],
  ['short', 'short'],
  ['mid', 'mid'],
  ['long', 'long'],
  ['semantic', 'semantic'],
];
