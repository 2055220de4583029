/** Apply an event to the view of one player, as the server would. Pure: the old view is left as it was. */

import { suitOf } from './cards.js';
import { tableHandlers } from '../table/fold.js';

/**
 * @typedef {import('../table/fold.js').View} View
 * @typedef {import('../table/fold.js').RoomEvent} RoomEvent
 * @typedef {import('../table/fold.js').Handler} Handler
 */

/** @type {Record<string, Handler>} */
const handlers = {
  ...tableHandlers,
  game_started: (view) => ({
    phase: 'bidding',
    scores: Object.fromEntries(view.players.map((p) => [p.player_id, 0])),
  }),
  round_started: roundStarted,
  cards_dealt: cardsDealt,
  trump_revealed: (view, { card }, at) => ({
    round: { ...view.round, trump_card: card, trump_suit: suitOf(card) },
    turn: turnOf(view, view.round.starting_player_id, at),
  }),
  player_bid: (view, { player_id, bid }, at) => {
    const bids = { ...view.round.bids, [player_id]: bid };
    const isLast = Object.keys(bids).length === Object.keys(view.hand_counts).length;
    return { round: { ...view.round, bids }, turn: isLast ? null : turnOf(view, nextPlayer(view, player_id), at) };
  },
  bidding_complete: () => ({ phase: 'playing' }),
  trick_started: (view, { trick_index, leader_player_id }, at) => ({
    round: { ...view.round, trick: { trick_index, leader_player_id, led_suit: null, plays: [] } },
    turn: turnOf(view, leader_player_id, at),
  }),
  card_played: cardPlayed,
  trump_broken: (view) => ({ round: { ...view.round, trump_broken: true } }),
  trick_completed: (view, { winning_player_id, winning_card }) => {
    const { trick, tricks_won } = view.round;
    const last_trick = { ...trick, winning_player_id, winning_card };
    const won = { ...tricks_won, [winning_player_id]: (tricks_won[winning_player_id] ?? 0) + 1 };
    return { round: { ...view.round, trick: null, last_trick, tricks_won: won }, turn: null };
  },
  round_scored: (view, { round_index, deltas, cumulative_scores }) => {
    const { bids, tricks_won } = view.round;
    return {
      phase: 'scoring',
      turn: null,
      scores: cumulative_scores,
      rounds: [...view.rounds, { round_index, bids, tricks_won, deltas }],
    };
  },
};

/**
 * @param {View} view
 * @param {RoomEvent} event
 * @returns {View | null} null: the event alone doesn't tell what follows from it, a fresh state is needed
 */
export function fold(view, event) {
  const handler = Object.hasOwn(handlers, event.name) ? handlers[event.name] : null;
  const after = handler && { ...view, ...handler(view, event.data, event.at) };
  // When the viewer's seat changes, so does what the viewer may see, and the event does not contain that.
  return after && after.you.seat === view.you.seat ? after : null;
}

/** @type {Handler} */
function roundStarted(view, { round_index, cards_per_player, dealer_player_id, starting_player_id }) {
  return {
    phase: 'bidding',
    turn: null,
    hand: view.hand && [],
    hand_counts: {},
    round: {
      round_index,
      cards_per_player,
      dealer_player_id,
      starting_player_id,
      trump_card: null,
      trump_suit: null,
      trump_broken: false,
      bids: {},
      tricks_won: {},
      trick: null,
      last_trick: null,
    },
  };
}

/**
 * While the game runs the event has the viewer's hand and the number of cards of the others; after it, every hand.
 * @type {Handler}
 */
function cardsDealt(view, { hands, hand_counts }) {
  const counts = hand_counts ?? Object.fromEntries(Object.entries(hands).map(([id, hand]) => [id, hand.length]));
  const tricks_won = Object.fromEntries(Object.keys(counts).map((id) => [id, 0]));
  return {
    hand: hands[view.you.player_id] ?? view.hand,
    hand_counts: counts,
    round: { ...view.round, tricks_won },
  };
}

/** @type {Handler} */
function cardPlayed(view, { player_id, card }, at) {
  const { trick } = view.round;
  const plays = [...trick.plays, { player_id, card }];
  const isLast = plays.length === Object.keys(view.hand_counts).length;
  return {
    hand: player_id === view.you.player_id ? (view.hand ?? []).filter((held) => held !== card) : view.hand,
    hand_counts: { ...view.hand_counts, [player_id]: view.hand_counts[player_id] - 1 },
    round: { ...view.round, trick: { ...trick, led_suit: trick.led_suit ?? suitOf(card), plays } },
    turn: isLast ? null : turnOf(view, nextPlayer(view, player_id), at),
  };
}

/** The next one clockwise among those who hold cards in this round. @param {View} view @param {string} playerId */
function nextPlayer(view, playerId) {
  const ring = view.players.filter((p) => Object.hasOwn(view.hand_counts, p.player_id));
  const at = ring.findIndex((p) => p.player_id === playerId);
  return ring[(at + 1) % ring.length].player_id;
}

/** @param {View} view @param {string} playerId @param {number} at when the turn began, milliseconds */
function turnOf(view, playerId, at) {
  const seconds = view.config.turn_seconds;
  return { player_id: playerId, deadline_at: seconds ? at + seconds * 1000 : null };
}
