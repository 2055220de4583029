/** Addresses of places in games: `#/games/GAME?at=137&as=2`, and as people pass them on: `/games/GAME#at=137`. Pure. */

/**
 * As whom a game is seen: as the player of a seat, as a spectator, or with all hands open.
 * @typedef {number | 'open' | 'watching'} Perspective
 * @typedef {{at: number | null, as: Perspective}} Place
 */

/** @param {string} query what stands behind the question mark @returns {Place} */
export function placeIn(query) {
  const given = new URLSearchParams(query);
  const at = given.get('at');
  return { at: at !== null && /^\d{1,9}$/.test(at) ? Number(at) : null, as: perspectiveIn(given.get('as')) };
}

/** @param {string} gameId @param {number} at @param {Perspective} as */
export function addressOf(gameId, at, as) {
  return `#/games/${gameId}?at=${at}${as === 'open' ? '' : `&as=${as}`}`;
}

/** @param {string | null} text @returns {Perspective} */
export function perspectiveIn(text) {
  if (text === 'watching') return text;
  return text !== null && /^\d$/.test(text) ? Number(text) : 'open';
}
