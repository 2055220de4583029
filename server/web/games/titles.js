/** Games as people call them. */

import { OWN_GAME } from './own-game.js';
import { strings } from '../i18n/strings.js';

/** @param {string} game its name on the server */
export const gameName = (game) => (game === OWN_GAME ? strings.game : game);
