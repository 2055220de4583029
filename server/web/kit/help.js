/** What the keys of a page do. */

import { strings } from '../i18n/strings.js';
import { h, patch } from './dom.js';

/** @param {string} title @param {[keys: string, what: string][]} keys */
export function openHelp(title, keys) {
  const dialog = document.createElement('dialog');
  dialog.className = 'sheet help';
  dialog.setAttribute('aria-label', title);
  patch(
    dialog,
    h('h2', null, title),
    h(
      'dl',
      null,
      keys.map(([names, what]) => [h('dt', null, names.split(' ').map((name) => h('kbd', null, name))), h('dd', null, what)]),
    ),
    h('form', { method: 'dialog' }, h('button', { class: 'is-primary' }, strings.dismiss)),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
