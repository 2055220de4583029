/** The viewer's own cards. The server offers what may be played; the rules are not repeated here. */

import { sortHand, suitOf } from './cards.js';
import { t } from './strings.js';
import { cardFace, nameOf } from './card-face.js';
import { h } from '../../kit/dom.js';

/**
 * @typedef {import('../table/view.js').TableRoom} Room
 * @typedef {import('../table/fold.js').View} View
 */

/** @param {Room} room @returns {Set<string>} */
export function playableCards(room) {
  return new Set(room.actions.filter((a) => a.name === 'play_card').map((a) => a.args.card));
}

/** @param {Room} room @returns {string[]} the cards in the order on screen, without the one just being played */
export function shownHand(room) {
  const pending = room.pendingMove;
  const leaving = pending?.name === 'play_card' ? pending.args.card : null;
  return sortHand((room.view?.hand ?? []).filter((card) => card !== leaving));
}

/**
 * Tab stops once at the hand; arrow keys move inside it.
 * @param {Room} room
 * @param {number} focused place of the card that Tab leads to
 */
export function hand(room, focused) {
  const cards = shownHand(room);
  const playable = playableCards(room);
  const stop = Math.min(focused, cards.length - 1);
  return h(
    'ul',
    {
      class: `hand ${playable.size > 0 ? 'is-choosing' : ''}`,
      key: 'hand',
      'aria-label': t.hand,
      vars: { '--cards': cards.length },
    },
    cards.map((card, i) => handCard(card, playable.has(card), i === stop, i - (cards.length - 1) / 2)),
  );
}

/** @param {string} card @param {boolean} isPlayable @param {boolean} isStop @param {number} place from the middle */
function handCard(card, isPlayable, isStop, place) {
  const state = isPlayable ? t.playable : t.notPlayable;
  return h(
    'li',
    { key: card, vars: { '--place': place } },
    h(
      'button',
      {
        type: 'button',
        class: `card ${isPlayable ? 'is-playable' : ''}`,
        'data-action': 'play-card',
        'data-card': card,
        'aria-label': `${nameOf(card)}, ${state}`,
        // Not `disabled`: arrows and screen readers should be able to look at every card.
        'aria-disabled': isPlayable ? null : 'true',
        tabindex: isStop ? '0' : '-1',
      },
      cardFace(card),
    ),
  );
}

/** Why a card of the hand can't be played now. @param {Room} room @param {string} card */
export function whyNot(room, card) {
  const playable = playableCards(room);
  /** @type {import('./cards.js').Suit | undefined} */
  const led = room.view?.round?.trick?.led_suit;
  if (playable.size === 0) return t.notYourTurn;
  if (led && suitOf(card) !== led) return t.mustFollow(t.suits[led]);
  return t.noTrumpLead;
}
