/**
 * A finished game as a whole: its log, and the table after every event. All states are folded once (in a millisecond)
 * and share what they have in common, so going anywhere takes no time and no request.
 */

import { UnknownRules, readLog, readView } from '../../replay/log.js';
import { fold } from '../fold.js';

/**
 * @typedef {import('../../table/fold.js').View} View
 * @typedef {import('../../table/fold.js').RoomEvent} RoomEvent
 * @typedef {Readonly<Record<string, string[]>>} Hands what each player holds, by id
 * @typedef {object} Recording
 * @property {string} gameId
 * @property {number} head index of the last event
 * @property {RoomEvent[]} events
 * @property {View[]} views after each event, as a spectator sees it
 * @property {Hands[]} hands after each event, all of them
 */

/**
 * @param {string} gameId of a completed game
 * @returns {Promise<Recording>} rejects with `ApiError` or `UnknownRules`
 */
export async function loadRecording(gameId) {
  const [first, events] = await Promise.all([readView(gameId, 0), readLog(gameId)]);
  return { gameId, head: events.length - 1, events, ...folded(first, events) };
}

/**
 * @param {View} first the view after event 0
 * @param {RoomEvent[]} events
 */
export function folded(first, events) {
  const views = [first];
  /** @type {Hands[]} */
  const hands = [{}];
  for (const event of events.slice(1)) {
    const after = fold(views[views.length - 1], event);
    if (after === null) throw new UnknownRules(event.name);
    // The log does not say when a turn had to be over.
    views.push(after.turn ? { ...after, turn: { ...after.turn, deadline_at: null } } : after);
    hands.push(held(hands[hands.length - 1], event));
  }
  return { views, hands };
}

/** @param {Hands} before @param {RoomEvent} event @returns {Hands} */
function held(before, { name, data }) {
  if (name === 'round_started') return {};
  if (name === 'cards_dealt') return data.hands;
  if (name !== 'card_played') return before;
  return { ...before, [data.player_id]: before[data.player_id].filter((card) => card !== data.card) };
}

/**
 * The view after an event as one player saw it, as the server would give it.
 * @param {Recording} recording
 * @param {number} index
 * @param {string | null} playerId null: as a spectator saw it
 * @returns {View}
 */
export function viewAt({ views, hands }, index, playerId) {
  const view = views[index];
  if (playerId === null) return view;
  const seat = view.players.find((p) => p.player_id === playerId)?.seat ?? null;
  const role = seat === null ? 'spectator' : 'player';
  const you = { ...view.you, player_id: playerId, seat, role };
  return { ...view, you, hand: seat === null ? null : (hands[index][playerId] ?? []) };
}
