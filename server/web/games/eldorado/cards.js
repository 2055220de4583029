/** Card ids (`d0:hearts:K`) and their order. Pure. */

export const SUITS = /** @type {const} */ (['clubs', 'diamonds', 'hearts', 'spades']);
const RANKS = ['2', '3', '4', '5', '6', '7', '8', '9', '10', 'J', 'Q', 'K', 'A'];
/** Suits in the order of the hand: neighbours differ in colour also with two colours of suits. */
const HAND_ORDER = ['spades', 'hearts', 'clubs', 'diamonds'];

/** @typedef {typeof SUITS[number]} Suit */

/** @param {string} card @returns {Suit} */
export function suitOf(card) {
  return /** @type {Suit} */ (card.split(':')[1]);
}

/** @param {string} card */
export function rankOf(card) {
  return card.split(':')[2];
}

/** @param {readonly string[]} cards @returns {string[]} by suit, high cards first */
export function sortHand(cards) {
  return [...cards].sort((a, b) => handPlace(a) - handPlace(b) || a.localeCompare(b));
}

/** @param {string} card */
function handPlace(card) {
  return HAND_ORDER.indexOf(suitOf(card)) * RANKS.length + (RANKS.length - 1 - RANKS.indexOf(rankOf(card)));
}
