/** Events as sentences, for the list of moves and for screen readers. */

import { strings } from '../table/strings.js';
import { nameOf } from './card-face.js';
import { nameOfPlayer } from '../table/people.js';

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
export function sentence({ name, data }, before, after) {
  const text = /** @type {Record<string, any>} */ (strings.announce)[name];
  if (text === undefined) return '';
  const who = (/** @type {string} */ id) =>
    nameOfPlayer(after.players.some((p) => p.player_id === id) ? after : before, id);
  switch (name) {
    case 'round_started':
      return text(data.round_index, data.cards_per_player, who(data.dealer_player_id));
    case 'trump_revealed':
      return text(nameOf(data.card));
    case 'player_bid':
      return text(who(data.player_id), data.bid);
    case 'card_played':
      return text(who(data.player_id), nameOf(data.card));
    case 'trick_completed':
      return text(who(data.winning_player_id), nameOf(data.winning_card));
    case 'round_scored':
      return Object.entries(data.deltas)
        .map(([id, delta]) => text(who(id), delta))
        .join(' ');
    default:
      return typeof text === 'function' ? text(who(data.player_id)) : text;
  }
}

/** Say something to screen readers. @param {string} text */
export function announce(text) {
  const region = document.getElementById('announcer');
  if (!region || !text) return;
  const line = document.createElement('p');
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 5) region.firstElementChild?.remove();
}
