/**
 * What El Dorado adds to a view. This module has types and nothing else.
 *
 * @typedef {{player_id: string, card: string}} Play
 * @typedef {{trick_index: number, leader_player_id: string, led_suit: Suit | null, plays: Play[]}} Trick
 * @typedef {import('../eldorado/cards.js').Suit} Suit
 * @typedef {import('../table/view.js').ByPlayer} ByPlayer
 *
 * @typedef {object} Round the one that is played, or was last
 * @property {number} round_index
 * @property {number} cards_per_player
 * @property {string} dealer_player_id
 * @property {string} starting_player_id
 * @property {string | null} trump_card
 * @property {Suit | null} trump_suit
 * @property {boolean} trump_broken
 * @property {ByPlayer} bids
 * @property {ByPlayer} tricks_won
 * @property {Trick | null} trick
 * @property {(Trick & {winning_player_id: string, winning_card: string}) | null} last_trick
 */

export {};
