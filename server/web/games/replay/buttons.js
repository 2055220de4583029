/** The buttons and choices below a replay. */

import { h } from '../../kit/dom.js';

const ICONS = {
  start: 'M6 5v14M19 5 9 12l10 7Z',
  round: 'M5 5v14M13 5 6 12l7 7ZM20 5l-7 7 7 7Z',
  trick: 'M12 5 4 12l8 7ZM20 5l-8 7 8 7Z',
  move: 'M17 5 7 12l10 7Z',
  play: 'M7 4v16l13-8Z',
  pause: 'M7 5v14M17 5v14',
};

/** @param {string} name @param {string} label @param {[string, string][]} options @param {string} chosen */
export function choice(name, label, options, chosen) {
  return h(
    'label',
    { key: name },
    h('span', { class: 'visually-hidden' }, label),
    h(
      'select',
      { name, title: label },
      options.map(([value, text]) => h('option', { key: value, value, selected: value === chosen }, text)),
    ),
  );
}

/** @param {string} action @param {keyof typeof ICONS} icon @param {string} label @param {string} keys @param {boolean} [forward] */
export function step(action, icon, label, keys, forward = false) {
  return h(
    'button',
    {
      key: action,
      type: 'button',
      class: `is-icon ${forward ? 'is-forward' : ''}`,
      'data-action': action,
      'aria-label': label,
      title: `${label} (${keys})`,
    },
    drawing(icon),
  );
}

/** @param {keyof typeof ICONS} name */
export function drawing(name) {
  return h('svg', { class: 'tape-icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: ICONS[name] }));
}
