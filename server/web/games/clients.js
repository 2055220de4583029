/** The games that have a client of their own. No other module outside their folders names a game. */

import { styles } from '../kit/styles.js';

/** @typedef {import('./contract.js').GameClient} GameClient */

/** @type {Record<string, {title: string, client: () => Promise<GameClient>}>} */
const GAMES = {
  eldorado: { title: 'El Dorado', client: async () => (await import('./eldorado/client.js')).client },
};

/** The game of the start page. */
export const FEATURED = 'eldorado';
export const loadWelcome = () => import('./eldorado/welcome.js');

/** A game as people call it. @param {string} game its name on the server */
export function titleOf(game) {
  return Object.hasOwn(GAMES, game) ? GAMES[game].title : game;
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
