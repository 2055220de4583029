/** A seat found by matchmaking: asked for, and asked about again after a reload. */

import { FEATURED } from '../games/clients.js';
import { ApiError } from '../net/api.js';

/** The room that this tab's ticket led to: only about this room the server is asked. */
const ROOM_KEY = 'parlor.ticket';

/** @typedef {import('../net/api.js').Api} Api */

/** @param {Api} api @returns {Promise<{game_id: string, seat: number, ws_url: string}>} */
export async function findPlayers(api) {
  const seat = await api.call('POST', '/api/matchmake', { game: FEATURED });
  sessionStorage.setItem(ROOM_KEY, seat.game_id);
  return seat;
}

/**
 * When bots take the free seats of this room.
 * @param {Api} api
 * @param {string} gameId
 * @returns {Promise<number | null>} the server's clock, ms; null: never, as far as is known
 */
export async function fillTime(api, gameId) {
  if (sessionStorage.getItem(ROOM_KEY) !== gameId) return null;
  try {
    const ticket = await api.call('GET', `/api/matchmake?game=${FEATURED}`);
    return ticket.game_id === gameId && ticket.fill_at ? Date.parse(ticket.fill_at) : null;
  } catch (error) {
    if (error instanceof ApiError) return null; // the room tells what matters
    throw error;
  }
}
