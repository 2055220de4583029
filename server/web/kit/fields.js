/** Fields of forms, each with its label. */

import { h } from './dom.js';

/**
 * @template {string | number} Value
 * @param {string} name
 * @param {string} label
 * @param {Value[]} values
 * @param {Value} chosen
 * @param {(value: Value) => string} [text]
 */
export function select(name, label, values, chosen, text = String) {
  return h(
    'label',
    null,
    h('span', null, label),
    h(
      'select',
      { name },
      values.map((value) => h('option', { key: String(value), value, selected: value === chosen }, text(value))),
    ),
  );
}

/** @param {string} name @param {string} label @param {boolean} checked */
export function check(name, label, checked) {
  return h(
    'label',
    { key: name, class: 'check' },
    h('input', { type: 'checkbox', name, checked }),
    h('span', null, label),
  );
}
