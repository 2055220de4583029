/** The games that have a client of their own. No other module outside their folders names a game. */

import { styles } from '../kit/styles.js';

/** @typedef {import('./contract.js').GameClient} GameClient */

/**
 * By their names on the server. `name`: as people call the game, in every language.
 * @type {Record<string, {name: string, client: () => Promise<GameClient>}>}
 */
const GAMES = {
  eldorado: { name: 'El Dorado', client: async () => (await import('./eldorado/client.js')).client },
};

/** The game of the start page. */
export const FEATURED = 'eldorado';
export const loadWelcome = () => import('./eldorado/welcome.js');

/** A game as people call it. @param {string} game its name on the server */
export function titleOf(game) {
  return Object.hasOwn(GAMES, game) ? GAMES[game].name : game;
}

/** @param {string} game its name on the server; one without a client of its own is played at a plain table */
export function loadClient(game) {
  return Object.hasOwn(GAMES, game) ? GAMES[game].client() : loadPlainClient();
}

/** The same, together with the style sheets of its table. @param {string} game */
export async function loadTable(game) {
  const client = await loadClient(game);
  await styles(...client.sheets);
  return client;
}

export async function loadPlainClient() {
  return (await import('./plain/client.js')).client;
}
