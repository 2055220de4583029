/** The levels of bots. */

import { home } from '../strings/home.js';

export const USUAL_LEVEL = 'steady';

/** What people call a level of bots. @param {string} level */
export function levelName(level) {
  return /** @type {Record<string, string>} */ (home.levels)[level] ?? level;
}
