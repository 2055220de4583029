/**
 * The log of a finished game. It is read without a token: finished games are public, and every cache can keep an answer
 * that belongs to no player. The log never changes, so the browser keeps it.
 */

import { request } from '../../net/api.js';

const PAGE = 5_000;

/** @typedef {import('../table/fold.js').RoomEvent} RoomEvent */

/** A game whose rules this client doesn't know. */
export class UnknownRules extends Error {}

/** @param {string} gameId @returns {Promise<RoomEvent[]>} rejects with `ApiError` */
export async function readLog(gameId) {
  const events = [];
  for (let from = 0; from !== null;) {
    const page = await request('GET', `/api/games/${encodeURIComponent(gameId)}/events?from=${from}&limit=${PAGE}`);
    events.push(...page.items);
    from = page.next;
  }
  return events;
}

/** The view after an event, as a spectator sees it. @param {string} gameId @param {number} index */
export async function readView(gameId, index) {
  return (await request('GET', `/api/games/${encodeURIComponent(gameId)}/state?at=${index}`)).view;
}
