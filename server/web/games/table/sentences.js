/** What happens at every table, as sentences. */

import { nameOfPlayer } from './people.js';
import { table } from './strings.js';

/**
 * @typedef {import('./fold.js').View} View
 * @typedef {import('./fold.js').RoomEvent} RoomEvent
 */

/** @param {RoomEvent} event @param {View} before @param {View} after @returns {string} empty: nothing to tell */
export function tableSentence({ name, data }, before, after) {
  const text = /** @type {Record<string, any>} */ (table.announce)[name];
  return typeof text === 'function' ? text(nameIn(before, after, data.player_id)) : (text ?? '');
}

/** The name of somebody who may just have left. @param {View} before @param {View} after @param {string} id */
export function nameIn(before, after, id) {
  return nameOfPlayer(after.players.some((player) => player.player_id === id) ? after : before, id);
}
