/** A table of rows. */

import { h } from './dom.js';

/**
 * @typedef {import('./dom.js').Child} Child
 * @typedef {ReturnType<typeof h>} Row
 */

/**
 * @param {object} options
 * @param {string} options.class
 * @param {string} [options.caption] for screen readers only
 * @param {string} [options.labelledBy] id of the text that names the table
 * @param {Child[]} options.head one for each column; a text or a `th`
 * @param {Child} options.rows
 * @param {Child} [options.foot] the last row
 */
export function table({ class: kind, caption, labelledBy, head, rows, foot }) {
  return h(
    'table',
    { class: kind, 'aria-labelledby': labelledBy },
    caption && h('caption', { class: 'visually-hidden' }, caption),
    h('thead', null, h('tr', null, head.map(column))),
    h('tbody', null, rows),
    foot && h('tfoot', null, foot),
  );
}

/**
 * @param {string} key
 * @param {Child[]} cells each a text, or a `td` or `th`
 * @param {string | null} [kind] class
 */
export function row(key, cells, kind = null) {
  return h('tr', { key, class: kind }, cells.map(cell));
}

/** The cell that names its row. @param {...Child} children */
export function rowHead(...children) {
  return h('th', { scope: 'row' }, children);
}

/** What may be wider than the page scrolls by itself. @param {string} labelledBy id of its heading @param {Child} child */
export function scrolling(labelledBy, child) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': labelledBy }, child);
}

/** @param {Child} child @param {number} i */
function column(child, i) {
  return isElement(child, 'th') ? child : h('th', { key: String(i), scope: 'col' }, child);
}

/** @param {Child} child */
function cell(child) {
  return isElement(child, 'td') || isElement(child, 'th') ? child : h('td', null, child);
}

/** @param {Child} child @param {string} tag */
function isElement(child, tag) {
  return typeof child === 'object' && child !== null && 'tag' in child && child.tag === tag;
}
