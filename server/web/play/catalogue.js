/** What the start page lists besides the rooms, each on its own: a list that can't be fetched is null. */

import { FEATURED } from '../games/clients.js';
const MOST = 5;

/** @typedef {import('../net/api.js').Api} Api */

/**
 * @param {Api} api
 * @param {string} [name] of a game
 * @returns {Promise<string[]>} the levels of its bots, weakest first; the usual ones when they can't be asked for
 */
export async function botLevels(api, name = FEATURED) {
  const games = await attempt(api.call('GET', '/api/games'));
  const levels = games?.items.find((/** @type {{name: string}} */ game) => game.name === name)?.bot_levels;
  return levels ?? ['random', 'steady'];
}

/** @param {Api} api @returns {Promise<Record<string, any>[] | null>} the player's latest finished games */
export async function recentGames(api) {
  const { player_id } = await api.signIn();
  return (await attempt(api.call('GET', `/api/players/${player_id}/games?limit=${MOST}`)))?.items ?? null;
}

/** @param {Api} api @returns {Promise<Record<string, any>[] | null>} the players with the most wins */
export async function leaders(api) {
  const asked = api.call('GET', `/api/leaderboards/wins?game=${FEATURED}&limit=${MOST}&min_games=1`);
  return (await attempt(asked))?.rows ?? null;
}

/** @param {Promise<any>} asked */
function attempt(asked) {
  return asked.catch(() => null);
}
