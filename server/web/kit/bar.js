/** The bar at the top of every page. */

import { strings } from '../i18n/strings.js';
import { h } from './dom.js';
import { iconButton } from './icons.js';

/** @param {...import('./dom.js').Child} children what the page adds */
export function topBar(...children) {
  return h(
    'header',
    { key: 'bar', class: 'bar' },
    h('a', { class: 'logo', href: '/#/', title: strings.toHome }, strings.title),
    children,
    iconButton('gear', strings.preferences.title, 'preferences'),
  );
}
