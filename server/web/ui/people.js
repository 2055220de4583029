/** Players as people read them: names, marks and pictures. */

import { strings } from '../strings.js';
import { h } from './dom.js';

/**
 * @typedef {import('../play/fold-table.js').View} View
 * @typedef {import('../play/view.js').Player} Player
 */

/** @param {View} view @param {string} playerId */
export function playerOf(view, playerId) {
  return view.players.find((player) => player.player_id === playerId);
}

/** "You" for the viewer himself. @param {View} view @param {string} playerId */
export function nameOfPlayer(view, playerId) {
  if (playerId === view.you.player_id) return strings.you;
  return playerOf(view, playerId)?.display_name ?? '?';
}

/** @param {View} view @returns {boolean} */
export function isSeated(view) {
  return view.you.seat !== null;
}

/** A disc in the player's colour with an initial, or a face for a bot. @param {Player} player */
export function avatar(player) {
  const picture = player.is_bot
    ? h(
        'svg',
        { viewBox: '0 0 24 24', class: 'bot-face' },
        h('path', {
          d: 'M12 3v4M6 7h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM9 12v2M15 12v2',
        }),
      )
    : h('span', { class: 'initial' }, Array.from(player.display_name)[0]?.toUpperCase());
  return h('span', { class: 'avatar', vars: { '--player-color': player.color }, 'aria-hidden': 'true' }, picture);
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
