/** How this browser shows things: language, light or dark, the colours of suits. Kept in this browser only. */

import { LANGUAGES, chooseLanguage, language, strings } from '../i18n/strings.js';
import { h, patch } from './dom.js';

const s = strings.preferences;

export function openPreferences() {
  const dialog = document.createElement('dialog');
  dialog.className = 'sheet preferences';
  dialog.setAttribute('aria-label', s.title);
  patch(
    dialog,
    h('h2', null, s.title),
    choice('language', s.language, LANGUAGES, language),
    choice('theme', s.theme, s.themes, chosen('theme', 'system')),
    choice('suits', s.suits, s.suitColours, chosen('suits', 'four')),
    h('form', { method: 'dialog' }, h('button', { class: 'is-primary' }, strings.dismiss)),
  );
  dialog.addEventListener('change', ({ target }) => {
    const { name, value } = /** @type {HTMLSelectElement} */ (target);
    if (name === 'language') chooseLanguage(value);
    else keep(name, value);
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} name @param {string} label @param {Record<string, string>} values @param {string} now */
function choice(name, label, values, now) {
  return h(
    'label',
    null,
    h('span', null, label),
    h(
      'select',
      { name },
      Object.entries(values).map(([value, text]) => h('option', { key: value, value, selected: value === now }, text)),
    ),
  );
}

/** @param {string} name @param {string} otherwise */
function chosen(name, otherwise) {
  return localStorage.getItem(`parlor.${name}`) ?? otherwise;
}

/** As `theme.js` finds it at the next start. @param {string} name @param {string} value */
function keep(name, value) {
  localStorage.setItem(`parlor.${name}`, value);
  document.documentElement.dataset[name] = value;
}
