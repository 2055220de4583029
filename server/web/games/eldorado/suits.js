/** The symbols of the suits. */

import { h } from '../../kit/dom.js';

/** @typedef {import('./cards.js').Suit} Suit */

/** Outlines in a box of 24 by 24. */
const SUIT_PATHS = {
  clubs:
    'M12 2a4.6 4.6 0 0 0-3.9 7A4.7 4.7 0 1 0 11 16.4c-.2 2.2-1 4-2.6 5.6h7.2c-1.6-1.6-2.4-3.4-2.6-5.6A4.7 4.7 0 1 0 15.9 9 4.6 4.6 0 0 0 12 2Z',
  diamonds: 'M12 1.5 19.5 12 12 22.5 4.5 12Z',
  hearts: 'M12 21.5C4.5 15.5 2 12 2 8.3A5.3 5.3 0 0 1 12 6a5.3 5.3 0 0 1 10 2.3c0 3.7-2.5 7.2-10 13.2Z',
  spades:
    'M12 1.5C7 6.5 3 9.5 3 13.6a4.5 4.5 0 0 0 8 2.9c-.2 2.2-1 4-2.6 5.5h7.2c-1.6-1.5-2.4-3.3-2.6-5.5a4.5 4.5 0 0 0 8-2.9c0-4.1-4-7.1-9-12.1Z',
};

/** @param {Suit} suit @param {string} [className] */
export function suitSymbol(suit, className = '') {
  return h(
    'svg',
    { class: `suit is-${suit} ${className}`, viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    h('path', { d: SUIT_PATHS[suit] }),
  );
}
