/** The lists of the start page: public rooms, the player's games, the leaders. Each has its full height from the start, so that nothing moves. */

import { language } from '../../i18n/strings.js';
import { home as s } from '../strings/home.js';
import { h } from '../../kit/dom.js';
import { panel } from '../../kit/panel.js';

const MINUTE_MS = 60_000;
/** Units of time with their lengths in minutes. @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', 24 * 60],
  ['hour', 60],
  ['minute', 1],
];
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

/** @typedef {import('../pages/home.js').Home} Home */

/** @param {Home} home */
export function publicRooms({ rooms, busy }) {
  return panel(
    { key: 'rooms', class: 'public-rooms' },
    s.publicRooms,
    rooms === null && h('p', { key: 'unknown', class: 'quiet' }, s.roomsUnknown),
    rooms?.length === 0 && h('p', { key: 'none', class: 'quiet' }, s.noRooms),
    rooms &&
      rooms.length > 0 &&
      h(
        'ul',
        { class: 'rooms', tabindex: '0', 'aria-label': s.publicRooms },
        rooms.map((room) => roomRow(room, busy)),
      ),
  );
}

/** @param {Record<string, any>} room @param {boolean} busy */
function roomRow(room, busy) {
  const isOpen = room.status === 'lobby' || room.status === 'created';
  const canJoin = isOpen && room.players < room.max_players;
  const button = (/** @type {string} */ key, /** @type {string} */ text, /** @type {string} */ className) =>
    h(
      'button',
      { key, type: 'button', class: className, 'data-action': `${key}-room`, 'data-game': room.game_id, disabled: busy },
      text,
    );
  return h(
    'li',
    { key: room.game_id },
    h('span', { class: 'name' }, s.roomOf(room.join_code), h('small', null, isOpen ? s.open : s.running)),
    h('span', { class: 'quiet' }, s.players(room.players, room.max_players)),
    canJoin && button('join', s.join, ''),
    button('watch', s.watch, 'is-quiet'),
  );
}

/** @param {Home} home */
export function recentGames({ recent }) {
  return list('recent', h('a', { href: '#/players/me' }, s.recent), recent, s.noRecent, (game) =>
    h(
      'li',
      { key: game.game_id },
      h(
        'a',
        { href: `#/games/${game.game_id}` },
        h('b', { class: game.is_winner ? 'is-won' : null }, game.is_winner ? s.won : s.lost),
        h('span', null, s.points(game.score)),
        h('small', null, ago(game.completed_at)),
      ),
    ),
  );
}

/** @param {Home} home */
export function leaders({ leaders: rows }) {
  return list('leaders', h('a', { href: '#/leaderboards' }, s.leaders), rows, s.noLeaders, (row) =>
    h(
      'li',
      { key: row.player_id },
      h(
        'a',
        { href: `#/players/${row.player_id}` },
        h('b', null, row.rank),
        h('span', { class: 'name' }, row.display_name),
        h('small', null, s.wins(row.value)),
      ),
    ),
  );
}

/**
 * @param {string} key
 * @param {import('../../kit/dom.js').Child} title leads to all of them
 * @param {Record<string, any>[] | null | undefined} items undefined: asked for; null: not known
 * @param {string} none said when there are none
 * @param {(item: Record<string, any>) => import('../../kit/dom.js').Child} row
 */
function list(key, title, items, none, row) {
  return panel(
    { key, class: `short-list is-${key}` },
    title,
    items === null && h('p', { key: 'unknown', class: 'quiet' }, s.unknown),
    items?.length === 0 && h('p', { key: 'none', class: 'quiet' }, none),
    items && items.length > 0 && h('ol', null, items.map(row)),
  );
}

/** "3 min ago", in words of the reader's language. @param {string} time ISO 8601 */
function ago(time) {
  const minutes = Math.max(0, Math.round((Date.now() - Date.parse(time)) / MINUTE_MS));
  const [unit, size] = UNITS.find(([, length]) => minutes >= length) ?? ['minute', 1];
  return relative.format(-Math.floor(minutes / size), unit);
}
