/**
 * A finished game as a whole: its log, and the table after every event. The log of a finished game never changes, so the
 * browser keeps it; all states are folded once (in a millisecond) and share what they have in common, so
 * going anywhere takes no time and no request.
 */

import { ApiError } from '../../../net/api.js';
import { fold } from '../fold.js';
import { OWN_GAME } from '../../own-game.js';

const PAGE = 5_000;

/**
 * @typedef {import('../../table/fold.js').View} View
 * @typedef {import('../../table/fold.js').RoomEvent} RoomEvent
 * @typedef {Readonly<Record<string, string[]>>} Hands what each player holds, by his id
 * @typedef {object} Recording
 * @property {string} gameId
 * @property {number} head index of the last event
 * @property {RoomEvent[]} events
 * @property {View[]} views after each event, as nobody in particular sees it
 * @property {Hands[]} hands after each event, all of them
 */

/** A game whose rules this page doesn't know. */
export class UnknownRules extends Error {}

/**
 * @param {string} gameId of a completed game
 * @returns {Promise<Recording>} Rejects with ApiError, or UnknownRules.
 */
export async function loadRecording(gameId) {
  const id = encodeURIComponent(gameId);
  const [{ view }, events] = await Promise.all([read(`/api/games/${id}/state?at=0`), readLog(id)]);
  if (view.game !== OWN_GAME) throw new UnknownRules(view.game);
  return { gameId, head: events.length - 1, events, ...folded(view, events) };
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
    // When a turn had to be over stands in no log.
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
 * The view after an event through somebody's eyes, as the server would give it.
 * @param {Recording} recording
 * @param {number} index
 * @param {string | null} playerId null: nobody's
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

/** @param {string} id @returns {Promise<RoomEvent[]>} */
export async function readLog(id) {
  const events = [];
  for (let from = 0; from !== null;) {
    const page = await read(`/api/games/${id}/events?from=${from}&limit=${PAGE}`);
    events.push(...page.items);
    from = page.next;
  }
  return events;
}

/** As nobody: finished games are public, and answers that belong to nobody can be kept by every cache. @param {string} path */
export async function read(path) {
  const response = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (response === null) throw new ApiError(0, 'unreachable', 'The server can’t be reached.');
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  const error = answer?.error ?? {};
  throw new ApiError(
    response.status,
    error.code ?? 'internal',
    error.message ?? `The server answered ${response.status}.`,
  );
}
