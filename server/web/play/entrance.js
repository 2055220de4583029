/** Ways into a room. */

import { socketUrl } from '../net/sockets.js';

/** @typedef {{game_id: string, ws_url?: string}} Answer the server's answer to a player who may enter a room */

/**
 * Go to a room that this player may enter.
 * @param {Answer} answer
 * @param {boolean} [replaces] the present page shall not stand in the history: going back would join again
 */
export function enter({ game_id, ws_url }, replaces = false) {
  if (ws_url) sessionStorage.setItem(urlKey(game_id), ws_url);
  const hash = `#/rooms/${game_id}`;
  if (replaces) location.replace(hash);
  else location.hash = hash;
}

/**
 * Where the room is hosted: as the server answered when it was joined, else here; this server sends clients on.
 * @param {string} gameId
 */
export function roomUrl(gameId) {
  return sessionStorage.getItem(urlKey(gameId)) ?? socketUrl(`/ws/rooms/${encodeURIComponent(gameId)}`);
}

/** @param {string} gameId */
function urlKey(gameId) {
  return `parlor.url.${gameId}`;
}

/** Where this tab keeps what its player adds to the shuffle. @param {string} gameId */
export function seedKey(gameId) {
  return `parlor.seed.${gameId}`;
}
