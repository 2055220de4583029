/** Events as sentences, for the list of moves and for screen readers. */

import { nameIn, tableSentence } from '../table/sentences.js';
import { nameOf } from './card-face.js';
import { sortHand } from './cards.js';
import { t } from './strings.js';

/**
 * @typedef {import('../table/fold.js').View} View
 * @typedef {import('../table/fold.js').RoomEvent} RoomEvent
 */

/**
 * @param {RoomEvent} event
 * @param {View} before
 * @param {View} after
 * @returns {string} empty: nothing that people need to be told
 */
export function sentence(event, before, after) {
  const { name, data } = event;
  const who = (/** @type {string} */ id) => nameIn(before, after, id);
  const say = t.announce;
  switch (name) {
    case 'round_started':
      return say.round_started(data.round_index, data.cards_per_player, who(data.dealer_player_id));
    case 'trump_revealed':
      return say.trump_revealed(nameOf(data.card));
    case 'player_bid':
      return say.player_bid(who(data.player_id), data.bid);
    case 'card_played':
      return say.card_played(who(data.player_id), nameOf(data.card));
    case 'trump_broken':
      return say.trump_broken;
    case 'trick_completed':
      return say.trick_completed(who(data.winning_player_id), nameOf(data.winning_card));
    case 'round_scored':
      return Object.entries(data.deltas)
        .map(([id, delta]) => say.round_scored(who(id), delta))
        .join(' ');
    default:
      return tableSentence(event, before, after);
  }
}

/** @param {View} view @returns {string} */
export function handInWords({ hand }) {
  return sortHand(hand ?? []).map(nameOf).join(', ');
}
