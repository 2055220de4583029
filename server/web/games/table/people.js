/** Players as people read them: names, marks and pictures. */

import { coloursOf } from './colours.js';
import { strings } from '../../i18n/strings.js';
import { avatar } from '../../kit/avatar.js';
import { h } from '../../kit/dom.js';

/**
 * @typedef {import('./fold.js').View} View
 * @typedef {import('./view.js').Player} Player
 */

/** @param {View} view @param {string} playerId */
export function playerOf(view, playerId) {
  return view.players.find((player) => player.player_id === playerId);
}

/** "You" for the viewer, but a replay names every player. @param {View} view @param {string} playerId */
export function nameOfPlayer(view, playerId) {
  if (playerId === view.you.player_id && !view.you.is_other) return strings.you;
  return playerOf(view, playerId)?.display_name ?? '?';
}

/** The colour of a player at this table. @param {View} view @param {Player} player */
export function colourOf(view, player) {
  return coloursOf(view.players).get(player.player_id) ?? player.color;
}

/** @param {View} view @param {Player} player */
export function faceOf(view, player) {
  return avatar({ ...player, color: colourOf(view, player) });
}

/** @param {View} view @returns {boolean} */
export function isSeated(view) {
  return view.you.seat !== null;
}

/**
 * The time that is left to move, drawn around the avatar.
 * @param {number | null} deadline
 * @param {number} span milliseconds
 */
export function countdownRing(deadline, span) {
  if (deadline === null || !span) return null;
  return h(
    'svg',
    {
      key: `ring-${deadline}`,
      class: 'ring',
      viewBox: '0 0 40 40',
      'data-deadline': deadline,
      'data-span': span,
      'aria-hidden': 'true',
    },
    h('circle', { class: 'ring-track', cx: 20, cy: 20, r: 18 }),
    h('circle', { class: 'ring-left', cx: 20, cy: 20, r: 18, pathLength: 1 }),
  );
}
