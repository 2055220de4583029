/**
 * What the server shows a player of a room: the shapes of its JSON. This module has types and nothing else.
 *
 * @typedef {object} Player
 * @property {string} player_id
 * @property {number} seat
 * @property {string} display_name
 * @property {string} avatar_seed
 * @property {string} color `#rrggbb`
 * @property {boolean} is_bot
 * @property {'active' | 'disconnected' | 'absent' | 'left'} status
 * @property {boolean} ready
 *
 * @typedef {{player_id: string, card: string}} Play
 * @typedef {{trick_index: number, leader_player_id: string, led_suit: Suit | null, plays: Play[]}} Trick
 * @typedef {import('../eldorado/cards.js').Suit} Suit
 * @typedef {Record<string, number>} ByPlayer
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
 *
 * @typedef {object} View
 * @property {string} game_id
 * @property {string} game
 * @property {'lobby' | 'bidding' | 'playing' | 'scoring' | 'completed' | 'aborted'} phase
 * @property {string} host_player_id
 * @property {Player[]} players in the order of their seats
 * @property {{player_id: string, seat: number | null, role: string, is_other?: boolean}} you `is_other`: in a replay,
 *   somebody else's eyes
 * @property {string[] | null} hand our own; null: none to see
 * @property {ByPlayer} hand_counts
 * @property {ByPlayer} scores
 * @property {{round_index: number, bids: ByPlayer, tricks_won: ByPlayer, deltas: ByPlayer}[]} rounds those scored
 * @property {any} round a `Round`; null in the lobby, where nobody asks for it
 * @property {{player_id: string, deadline_at: number | null} | null} turn
 * @property {Record<string, any>} config
 * @property {string} [join_code]
 * @property {boolean} [is_public]
 * @property {boolean} [paused]
 * @property {boolean} [ready_override]
 * @property {string} seed_commitment
 * @property {string} [session_seed] once the game is completed
 * @property {ByPlayer} [final_scores] once the game is completed
 * @property {string[]} [winners] once the game is completed
 */

export {};
