/** What the keys do. */

import { strings, texts } from '../../i18n/strings.js';
import { h, patch } from '../../kit/dom.js';

const s = await texts({ en: () => import('./strings/en/help.js'), de: () => import('./strings/de/help.js') });

export function openHelp() {
  const dialog = document.createElement('dialog');
  dialog.className = 'sheet help';
  dialog.setAttribute('aria-label', s.title);
  patch(
    dialog,
    h('h2', null, s.title),
    h(
      'dl',
      null,
      s.keys.map(([keys, what]) => [h('dt', null, keys.split(' ').map((key) => h('kbd', null, key))), h('dd', null, what)]),
    ),
    h('form', { method: 'dialog' }, h('button', { class: 'is-primary' }, strings.dismiss)),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
