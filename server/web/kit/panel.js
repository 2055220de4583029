/** A panel: a section with a heading, which names it to screen readers. */

import { h } from './dom.js';

/**
 * @param {string | {key: string, class?: string}} name identity among its siblings; `class`: further classes
 * @param {import('./dom.js').Child} title
 * @param {...import('./dom.js').Child} children
 */
export function panel(name, title, ...children) {
  const { key, class: more = '' } = typeof name === 'string' ? { key: name } : name;
  const id = `${key}-title`;
  return h(
    'section',
    { key, class: more ? `panel ${more}` : 'panel', 'aria-labelledby': id },
    h('h2', { id }, title),
    children,
  );
}
