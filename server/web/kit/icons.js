/** Small drawings, in a box of 24 by 24, in the colour of the text. */

import { h } from './dom.js';

const PATHS = {
  gear: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10.3 3h3.4l.5 2.6 1.9 1.1 2.5-.9 1.7 3-2 1.7v2.2l2 1.7-1.7 3-2.5-.9-1.9 1.1-.5 2.6h-3.4l-.5-2.6-1.9-1.1-2.5.9-1.7-3 2-1.7v-2.2l-2-1.7 1.7-3 2.5.9 1.9-1.1Z',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5a2.6 2.6 0 1 1 3.6 2.4c-.8.4-1.1.9-1.1 1.8M12 16.8v.1',
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  return h('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: PATHS[name] }));
}

/**
 * A button that shows only a drawing.
 * @param {keyof typeof PATHS} name
 * @param {string} label
 * @param {string} action
 */
export function iconButton(name, label, action) {
  return h(
    'button',
    { key: action, type: 'button', class: 'is-quiet is-icon', 'data-action': action, 'aria-label': label, title: label },
    icon(name),
  );
}
