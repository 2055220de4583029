/** The state of the connection, and who watches. */

import { strings } from '../../i18n/strings.js';
import { h } from '../../kit/dom.js';
import { isSeated } from '../../games/table/people.js';

/** @typedef {import('../room.js').Room} Room */

/** @param {Room} room */
export function lineState(room) {
  const isPaused = room.link === 'connected' && (room.status?.paused || room.view?.paused);
  const state = isPaused ? 'paused' : room.link;
  return h(
    'p',
    { class: `line is-${state}`, role: 'status' },
    h('i', { class: 'dot', 'aria-hidden': 'true' }),
    h('span', null, strings.link[state]),
  );
}

/** Why nothing moves, over the table and without pushing it. @param {Room} room */
export function pausedNote(room) {
  if (room.link !== 'connected' || !(room.status?.paused || room.view?.paused)) return null;
  return h('p', { key: 'paused', class: 'paused-note', role: 'status' }, strings.pausedBecause(room.status?.reason ?? ''));
}

/** How many watch, and to those who do: how far they are behind. @param {Room} room */
export function watchers({ spectators, view }) {
  const delay = view !== null && !isSeated(view) ? Number(view.config.spectator_delay_s) : 0;
  const told = [delay > 0 && strings.behind(delay), spectators > 0 && strings.watching(spectators)].filter(Boolean);
  return told.length > 0 && h('p', { class: 'quiet watchers' }, told.join(' · '));
}
