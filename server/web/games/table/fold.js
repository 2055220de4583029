/**
 * Events that every game has, applied to the view: who comes, goes, gets ready, how a game begins and ends.
 * Each handler gives the changes to the view.
 */

/**
 * @typedef {import('./view.js').View} View
 * @typedef {import('./view.js').Player} Player
 * @typedef {{index: number, name: string, at: number, data: Record<string, any>}} RoomEvent
 * @typedef {(view: View, data: Record<string, any>, at: number) => Partial<View>} Handler
 */

const LOBBY = 'lobby';

/** @type {Handler} */
const nothing = () => ({});

/** @type {Record<string, Handler>} */
export const tableHandlers = {
  hidden: nothing,
  client_seed_set: nothing,
  invalid_action: nothing,
  player_joined: joined,
  player_left: gone,
  player_kicked: gone,
  bot_removed: gone,
  player_became_spectator: (view, { player_id }) => ({
    players: view.players.filter((p) => p.player_id !== player_id),
    ...(player_id === view.you.player_id ? { you: { ...view.you, seat: null, role: 'spectator' } } : {}),
  }),
  player_disconnected: (view, { player_id }) => changed(view, player_id, { status: 'disconnected' }),
  player_reconnected: (view, { player_id }) => changed(view, player_id, { status: 'active' }),
  player_marked_absent: (view, { player_id }) => changed(view, player_id, { status: 'absent' }),
  player_ready: (view, { player_id }) => changed(view, player_id, { ready: true }),
  player_unready: (view, { player_id }) => changed(view, player_id, { ready: false }),
  profile_updated: (view, { player_id, profile }) => changed(view, player_id, profile),
  ready_override_set: (_, { enabled }) => ({ ready_override: enabled }),
  settings_changed: (view, { config, is_public }) => ({
    config,
    is_public: is_public ?? view.is_public,
    players: view.players.map((p) => ({ ...p, ready: p.is_bot })),
  }),
  host_changed: (_, { player_id }) => ({ host_player_id: player_id }),
  game_paused: () => ({ paused: true }),
  game_completed: (_, { final_scores, winners, session_seed }) => ({
    phase: 'completed',
    turn: null,
    final_scores,
    winners,
    session_seed,
  }),
  game_aborted: () => ({ phase: 'aborted', turn: null }),
};

/**
 * Apply what an event of any game says about the table; the game's own events change nothing here.
 * @param {View} view
 * @param {RoomEvent} event
 * @returns {View | null} null: a fresh state is needed
 */
export function foldTable(view, { name, data, at }) {
  const handler = Object.hasOwn(tableHandlers, name) ? tableHandlers[name] : nothing;
  const after = { ...view, ...handler(view, data, at) };
  return after.you.seat === view.you.seat ? after : null;
}

/** @param {View} view @param {string} playerId @param {Record<string, unknown>} changes */
function changed(view, playerId, changes) {
  return { players: view.players.map((p) => (p.player_id === playerId ? { ...p, ...changes } : p)) };
}

/** @type {Handler} */
function joined(view, { player_id, seat, profile, is_bot }) {
  if (seat === null) return {};
  const player = { player_id, seat, ...profile, is_bot, status: 'active', ready: is_bot };
  const players = [...view.players.filter((p) => p.player_id !== player_id), player];
  players.sort((a, b) => a.seat - b.seat);
  const you = player_id === view.you.player_id ? { ...view.you, seat, role: 'player' } : view.you;
  return { players, you, host_player_id: hostAfter(players, view.host_player_id) };
}

/** In the lobby the seat is free again; in a running game its owner stays listed. @type {Handler} */
function gone(view, { player_id }) {
  const inLobby = view.phase === LOBBY;
  /** @type {Player[]} */
  const players = inLobby
    ? view.players.filter((p) => p.player_id !== player_id)
    : view.players.map((p) => (p.player_id === player_id ? { ...p, status: 'left', ready: p.is_bot } : p));
  const isMe = player_id === view.you.player_id;
  return {
    players,
    host_player_id: player_id === view.host_player_id ? heir(players, player_id) : view.host_player_id,
    ...(isMe && inLobby ? { you: { ...view.you, seat: null, role: 'spectator' } } : {}),
  };
}

/** A host who left has passed the room on to the first human who is there. @param {Player[]} players @param {string} host */
function hostAfter(players, host) {
  return players.some((p) => p.player_id === host && p.status === 'left') ? heir(players, host) : host;
}

/** @param {Player[]} players @param {string} host */
function heir(players, host) {
  return players.find((p) => !p.is_bot && p.status !== 'left')?.player_id ?? host;
}
