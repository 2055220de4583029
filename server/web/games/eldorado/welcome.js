/** The start page, as far as it is about El Dorado. */

import { texts } from '../../i18n/strings.js';
import { SUITS } from './cards.js';
import { settingsOf } from './settings.js';
import { suitSymbol } from './suits.js';

const t = await texts({ en: () => import('./strings/en/welcome.js'), de: () => import('./strings/de/welcome.js') });

/** @type {import('../contract.js').Welcome} */
export const welcome = {
  emblem: SUITS.map((suit) => suitSymbol(suit)),
  tagline: t.tagline,
  rules: t.rules,
  settings: settingsOf(t.rounds),
};
