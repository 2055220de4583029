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
 * @typedef {Record<string, number>} ByPlayer
 *
 * @typedef {object} View
 * @property {string} game_id
 * @property {string} game
 * @property {'lobby' | 'bidding' | 'playing' | 'scoring' | 'completed' | 'aborted'} phase
 * @property {string} host_player_id
 * @property {Player[]} players in the order of their seats
 * @property {{player_id: string, seat: number | null, role: string, is_other?: boolean}} you `is_other`: in a
 *   replay the viewer is none of the players
 * @property {string[] | null} hand the viewer's, in games with cards; null: none to see
 * @property {ByPlayer} hand_counts
 * @property {ByPlayer} scores
 * @property {{round_index: number, bids: ByPlayer, tricks_won: ByPlayer, deltas: ByPlayer}[]} rounds those scored
 * @property {any} round as the game describes it; null in the lobby, where nobody asks for it
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
 *
 * @typedef {{name: string, args: Record<string, any>}} Action a command that is legal now
 * @typedef {import('../../net/outbox.js').Command} Command
 * @typedef {object} TableRoom what a game's client may know of a room
 * @property {View | null} view the view on display
 * @property {{name: string} | null} lastShown the event that led to it, if it was on display before
 * @property {readonly Action[]} actions the viewer's legal commands
 * @property {readonly Command[]} underWay commands that are not settled yet
 * @property {Command | undefined} pendingMove the viewer's move that is not yet in the view
 * @property {number | null} deadline when the present turn ends, by this browser's clock
 * @property {(name: string, args?: Record<string, unknown>) => void} act
 */

export {};
