/**
 * Cards as drawings, and in words. Rank, symbol, letter and colour all tell the suit, so that none of them is needed alone.
 */

import { rankOf, suitOf } from './cards.js';
import { t } from './strings.js';
import { suitSymbol } from './suits.js';
import { h } from '../../kit/dom.js';

/** @typedef {import('./cards.js').Suit} Suit */

/** @param {string} card "king of hearts" */
export function nameOf(card) {
  return t.cardName(t.ranks[/** @type {'J'} */ (rankOf(card))] ?? rankOf(card), t.suits[suitOf(card)]);
}

/** A suit as symbol and word. @param {Suit} suit */
export function suitLabel(suit) {
  return h('span', { class: `suit-label is-${suit}` }, suitSymbol(suit), t.suits[suit]);
}

/**
 * The printed side; the element around it says what it is.
 * @param {string} card
 */
export function cardFace(card) {
  const suit = suitOf(card);
  return h(
    'span',
    { class: `face is-${suit}`, 'aria-hidden': 'true' },
    h('span', { class: 'corner' }, h('span', { class: 'rank' }, rankOf(card)), suitSymbol(suit)),
    suitSymbol(suit, 'centre'),
    h('span', { class: 'letter', 'data-letter': t.suitLetters[suit] }),
  );
}

/** A card that can't be clicked. @param {string} card @param {string} [className] */
export function stillCard(card, className = '') {
  return h('span', { class: `card ${className}`, role: 'img', 'aria-label': nameOf(card) }, cardFace(card));
}
